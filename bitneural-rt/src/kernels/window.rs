//! Where the taps of a kernel lie in an image: all arithmetic of strides, dilation and padding.

use core::mem::take;

use crate::params::Window;

/// Input row and column of a window's first tap, which may lie outside of the image.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Origin {
    y: i32,
    x: i32,
}

/// Every window with the output pixel of `channels` elements that it makes; fewer if the output is too short.
pub(super) fn pixels<'a, O>(
    window: &'a Window,
    channels: usize,
    output: &'a mut [O],
) -> Pixels<'a, O> {
    Pixels {
        window,
        channels,
        output,
        rows: window.output_height,
        columns: window.output_width,
        next: first(window),
    }
}

fn first(window: &Window) -> Origin {
    Origin {
        y: -i32::from(window.pad_top),
        x: -i32::from(window.pad_left),
    }
}

/// See [`pixels`].
pub(super) struct Pixels<'a, O> {
    window: &'a Window,
    channels: usize,
    /// What is left of it.
    output: &'a mut [O],
    /// Rows that are left, this one included.
    rows: u16,
    /// Windows that are left in this row.
    columns: u16,
    next: Origin,
}

impl<'a, O> Iterator for Pixels<'a, O> {
    type Item = (Origin, &'a mut [O]);

    #[inline(always)]
    fn next(&mut self) -> Option<Self::Item> {
        if self.columns == 0 {
            self.rows = self.rows.saturating_sub(1);
            self.columns = self.window.output_width;
            self.next.x = first(self.window).x;
            self.next.y = self.next.y.wrapping_add(self.window.stride_y.into());
        }
        // A row without windows would be followed by another.
        if self.rows == 0 || self.columns == 0 {
            return None;
        }
        let (pixel, rest) = take(&mut self.output).split_at_mut_checked(self.channels)?;
        self.output = rest;
        let origin = self.next;
        self.columns = self.columns.wrapping_sub(1);
        self.next.x = origin.x.wrapping_add(self.window.stride_x.into());
        Some((origin, pixel))
    }
}

/// An image of codes, or of floats, under a window, channels last, with padding around it.
pub(super) struct Image<'a, T = u8> {
    pub(super) window: &'a Window,
    pub(super) codes: &'a [T],
    /// Channels of a pixel.
    pub(super) channels: usize,
    /// z_x: the code of a tap on padding; of floats 0.
    pub(super) padding: T,
}

impl<'a, T: Copy> Image<'a, T> {
    /// The pixels under the taps of a window, as far as they lie in the image.
    #[inline(always)]
    pub(super) fn taps(&self, origin: Origin) -> impl Iterator<Item = &'a [T]> {
        let (window, codes, channels) = (self.window, self.codes, self.channels);
        let columns = steps(origin.x, window.dilation_x, window.kernel_width);
        steps(origin.y, window.dilation_y, window.kernel_height)
            .filter(|&y| is_below(y, window.input_height))
            .flat_map(move |y| {
                columns
                    .clone()
                    .filter(|&x| is_below(x, window.input_width))
                    .map(move |x| (y, x))
            })
            .filter_map(move |(y, x)| {
                let start = pixel(window, y, x).wrapping_mul(channels);
                codes.get(start..start.wrapping_add(channels))
            })
    }

    /// The codes of the channels `from..from + count` under all taps of a window, `[ky][kx][channel]`: where they are
    /// if they lie side by side, else copied to the scratch. `None` if the scratch or the image is too short.
    #[inline(always)]
    pub(super) fn patch<'p>(
        &self,
        origin: Origin,
        from: usize,
        count: usize,
        scratch: &'p mut [T],
    ) -> Option<&'p [T]>
    where
        'a: 'p,
    {
        let window = self.window;
        // A row of taps is one piece of memory if it skips neither columns nor channels.
        let is_one_piece =
            window.kernel_width == 1 || (window.dilation_x == 1 && count == self.channels);
        let row = usize::from(window.kernel_width).wrapping_mul(count);
        if is_one_piece && window.kernel_height == 1 && self.is_whole(origin) {
            let start = self.start(origin.y, origin.x, from);
            return self.codes.get(start..start.wrapping_add(row));
        }
        let taps = usize::from(window.kernel_height).wrapping_mul(row);
        let patch = scratch.get_mut(..taps)?;
        self.gather(origin, from, count, is_one_piece, patch);
        Some(patch)
    }

    /// Copies what [`patch`](Self::patch) says.
    #[inline(never)]
    fn gather(
        &self,
        origin: Origin,
        from: usize,
        count: usize,
        is_one_piece: bool,
        patch: &mut [T],
    ) {
        let window = self.window;
        let (pieces, taps) = if is_one_piece {
            (1, window.kernel_width)
        } else {
            (window.kernel_width, 1)
        };
        let row = usize::from(window.kernel_width).wrapping_mul(count);
        if !self.is_whole(origin) {
            patch.fill(self.padding);
        }
        let mut skipped = 0_usize;
        for x in steps(origin.x, window.dilation_x, pieces) {
            let (before, inside) = self.inside(x, taps);
            let skip = usize::from(before).wrapping_mul(count);
            let len = usize::from(inside).wrapping_mul(count);
            let x = x.wrapping_add(before.into());
            let mut left = patch
                .get_mut(skipped.wrapping_add(skip)..)
                .unwrap_or(&mut []);
            for y in steps(origin.y, window.dilation_y, window.kernel_height) {
                if is_below(y, window.input_height) {
                    self.copy(self.start(y, x, from), len, left);
                }
                left = split_at_most(left, row).1;
            }
            skipped = skipped.wrapping_add(count);
        }
    }

    /// Copies `len` codes of the image.
    #[inline(always)]
    fn copy(&self, start: usize, len: usize, to: &mut [T]) {
        let codes = self.codes.get(start..).unwrap_or(&[]);
        if let (Some((to, _)), Some((codes, _))) =
            (to.split_at_mut_checked(len), codes.split_at_checked(len))
        {
            // They are equally long, so this does not panic.
            to.copy_from_slice(codes);
        }
    }

    /// Whether no tap of a window lies on padding.
    #[inline(always)]
    fn is_whole(&self, origin: Origin) -> bool {
        let window = self.window;
        let axis = |first: i32, taps: u16, dilation: u16, limit: u16| {
            let steps = i32::from(taps).wrapping_sub(1);
            let last = first.wrapping_add(steps.wrapping_mul(dilation.into()));
            is_below(first, limit) && is_below(last, limit)
        };
        axis(
            origin.y,
            window.kernel_height,
            window.dilation_y,
            window.input_height,
        ) && axis(
            origin.x,
            window.kernel_width,
            window.dilation_x,
            window.input_width,
        )
    }

    /// Of `taps` columns from `x` on: how many lie left of the image, and how many behind these in the image.
    #[inline(always)]
    fn inside(&self, x: i32, taps: u16) -> (u16, u16) {
        let end = i32::from(taps);
        // Not `clamp`, which may panic.
        let before = x.wrapping_neg().max(0).min(end);
        let after = i32::from(self.window.input_width).wrapping_sub(x);
        let after = after.min(end).max(before);
        (before as u16, after.wrapping_sub(before) as u16)
    }

    /// Index of a channel of the pixel (y, x) of the image.
    #[inline(always)]
    fn start(&self, y: i32, x: i32, channel: usize) -> usize {
        pixel(self.window, y, x)
            .wrapping_mul(self.channels)
            .wrapping_add(channel)
    }
}

/// Number of the pixel (y, x) of the image.
#[inline(always)]
fn pixel(window: &Window, y: i32, x: i32) -> usize {
    (y as usize)
        .wrapping_mul(window.input_width.into())
        .wrapping_add(x as usize)
}

/// `count` numbers, `step` apart.
#[inline(always)]
fn steps(start: i32, step: u16, count: u16) -> impl Iterator<Item = i32> + Clone {
    let mut next = start;
    (0..count).map(move |_| {
        let this = next;
        next = next.wrapping_add(step.into());
        this
    })
}

/// Whether 0 ≤ n < limit.
#[inline(always)]
fn is_below(n: i32, limit: u16) -> bool {
    (n as u32) < u32::from(limit)
}

/// Like `split_at_mut`, but all elements are in the first part if there are fewer than `len`.
#[inline(always)]
fn split_at_most<T>(slice: &mut [T], len: usize) -> (&mut [T], &mut [T]) {
    let len = len.min(slice.len());
    slice.split_at_mut_checked(len).unwrap_or_default()
}

#[cfg(test)]
mod tests;
