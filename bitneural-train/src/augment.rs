//! Images that were never taken: small changes that leave the class as it is.

use crate::Error;
use crate::architecture::Extent;
use crate::random::Random;

/// Random changes of images, drawn anew for every sample in every epoch.
///
/// An image is moved, turned, scaled, sheared and bent in one step, so that it is sampled (bilinearly) only once; what
/// comes in from outside is 0. Strong changes need a network of some capacity: on MNIST the elastic ones help from
/// about 4 kB of weights on, and below 2.5 kB they hurt.
///
/// ```
/// use bitneural_train::{Augment, Fit};
///
/// let augment = Augment::new().shift(2.0).rotation(10.0).scale(0.1).shear(0.1).elastic(6, 1.0);
/// let fit = Fit::new().augment(augment);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Augment {
    shift: f32,
    rotation: f32,
    scale: f32,
    shear: f32,
    elastic: Option<(usize, f32)>,
}

impl Augment {
    /// No change.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Moves by up to so many pixels along each axis.
    #[must_use]
    pub fn shift(mut self, pixels: f32) -> Self {
        self.shift = pixels;
        self
    }

    /// Turns about the middle by up to so many degrees, either way.
    #[must_use]
    pub fn rotation(mut self, degrees: f32) -> Self {
        self.rotation = degrees;
        self
    }

    /// Scales by a factor of 1 ± `share`, below 1.
    #[must_use]
    pub fn scale(mut self, share: f32) -> Self {
        self.scale = share;
        self
    }

    /// Shears along the rows by up to so many pixels a row, either way.
    #[must_use]
    pub fn shear(mut self, slope: f32) -> Self {
        self.shear = slope;
        self
    }

    /// Bends: the points of a grid of `points` by `points` (at least 2) that covers the image move by normally
    /// distributed distances with a standard deviation of `pixels` along each axis; what lies between follows a cubic
    /// through them.
    #[must_use]
    pub fn elastic(mut self, points: usize, pixels: f32) -> Self {
        self.elastic = Some((points, pixels));
        self
    }

    pub(crate) fn verify(&self) -> Result<(), Error> {
        let bend = self.elastic.map_or(0.0, |(_, pixels)| pixels);
        let sizes = [self.shift, self.rotation, self.scale, self.shear, bend];
        let problem = if sizes
            .iter()
            .any(|size| !(0.0..f32::INFINITY).contains(size))
        {
            "sizes must be finite and not below 0"
        } else if self.scale >= 1.0 {
            "`scale` must be below 1"
        } else if self.elastic.is_some_and(|(points, _)| points < 2) {
            "an elastic grid needs at least 2 points along each axis"
        } else {
            return Ok(());
        };
        Err(Error::Setting(format!("augmentation: {problem}")))
    }
}

/// [`Augment`] for images of one size.
#[derive(Debug)]
pub(crate) struct Augmenter {
    settings: Augment,
    extent: Extent,
    channels: usize,
    /// Cubic weights of the grid's points for each row, and for each column.
    rows: Vec<Vec<f32>>,
    columns: Vec<Vec<f32>>,
    /// What was before.
    original: Vec<f32>,
}

/// Where a pixel comes from: rows and columns away from where it is.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Away {
    y: f32,
    x: f32,
}

impl Augmenter {
    pub(crate) fn new(settings: Augment, extent: Extent, channels: usize) -> Self {
        let points = settings.elastic.map_or(0, |(points, _)| points);
        Self {
            settings,
            extent,
            channels,
            rows: cubic(points, extent.height),
            columns: cubic(points, extent.width),
            original: Vec::new(),
        }
    }

    /// Changes an image, `[height, width, channels]`.
    pub(crate) fn apply(&mut self, image: &mut [f32], random: &mut Random) {
        self.original.clear();
        self.original.extend_from_slice(image);
        let field = self.field(random);
        for (pixel, from) in image.chunks_exact_mut(self.channels).zip(field) {
            self.sample(from, pixel);
        }
    }

    /// Where each pixel comes from: row and column.
    fn field(&self, random: &mut Random) -> Vec<Away> {
        let Augment {
            shift,
            rotation,
            scale,
            shear,
            ..
        } = self.settings;
        let mut within = |size: f32| random.symmetric(f64::from(size));
        let (sine, cosine) = within(rotation).to_radians().sin_cos();
        let scale = 1.0 + within(scale);
        let shear = within(shear);
        let (down, right) = (within(shift), within(shift));
        let bend = self.bend(random);
        let Extent { height, width } = self.extent;
        let (middle_y, middle_x) = ((height as f32 - 1.0) / 2.0, (width as f32 - 1.0) / 2.0);
        let mut field = Vec::with_capacity(height * width);
        for row in 0..height {
            for column in 0..width {
                let (y, x) = (row as f32 - middle_y, column as f32 - middle_x);
                let x = x + shear * y;
                let bent = bend.get(row * width + column).copied().unwrap_or_default();
                field.push(Away {
                    y: middle_y + down + (cosine * y + sine * x) * scale + bent.y,
                    x: middle_x + right + (cosine * x - sine * y) * scale + bent.x,
                });
            }
        }
        field
    }

    /// The elastic part for every pixel; nothing if there is none.
    fn bend(&self, random: &mut Random) -> Vec<Away> {
        let Some((points, pixels)) = self.settings.elastic else {
            return Vec::new();
        };
        let mut normal = || pixels * random.normal();
        let grid: Vec<Away> = (0..points * points)
            .map(|_| Away {
                y: normal(),
                x: normal(),
            })
            .collect();
        let sum = |weights: &[f32], points: &[Away]| {
            let terms = weights.iter().zip(points);
            terms.fold(Away::default(), |sum, (weight, point)| Away {
                y: sum.y + weight * point.y,
                x: sum.x + weight * point.x,
            })
        };
        // Along the rows of the grid first: `[points][width]`, one list of points for each column.
        let along: Vec<Vec<Away>> = self
            .columns
            .iter()
            .map(|weights| grid.chunks(points).map(|row| sum(weights, row)).collect())
            .collect();
        let pixels = |weights| along.iter().map(move |column| sum(weights, column));
        self.rows
            .iter()
            .flat_map(|weights| pixels(weights))
            .collect()
    }

    /// The value at a point between the pixels.
    fn sample(&self, from: Away, pixel: &mut [f32]) {
        let (top, left) = (from.y.floor(), from.x.floor());
        let (down, right) = (from.y - top, from.x - left);
        pixel.fill(0.0);
        for (y, x, weight) in [
            (top, left, (1.0 - down) * (1.0 - right)),
            (top, left + 1.0, (1.0 - down) * right),
            (top + 1.0, left, down * (1.0 - right)),
            (top + 1.0, left + 1.0, down * right),
        ] {
            let inside = |at: f32, end: usize| at >= 0.0 && at < end as f32;
            if !inside(y, self.extent.height) || !inside(x, self.extent.width) {
                continue;
            }
            let start = (y as usize * self.extent.width + x as usize) * self.channels;
            for (to, from) in pixel.iter_mut().zip(&self.original[start..]) {
                *to += weight * from;
            }
        }
    }
}

/// The weights of `points` evenly spaced points for each of `pixels` between the first and the last: those of the
/// cubic of Catmull and Rom, which goes through the points; beyond the ends the last ones are repeated.
fn cubic(points: usize, pixels: usize) -> Vec<Vec<f32>> {
    let Some(last) = points.checked_sub(1) else {
        return Vec::new();
    };
    let weights = |pixel: usize| {
        let at = pixel as f32 * last as f32 / (pixels - 1).max(1) as f32;
        let (point, t) = (at.floor() as usize, at.fract());
        let mut weights = vec![0.0; points];
        for (offset, weight) in [
            ((2.0 - t) * t - 1.0) * t / 2.0,
            ((3.0 * t - 5.0) * t * t + 2.0) / 2.0,
            ((4.0 - 3.0 * t) * t + 1.0) * t / 2.0,
            (t - 1.0) * t * t / 2.0,
        ]
        .into_iter()
        .enumerate()
        {
            weights[(point + offset).saturating_sub(1).min(last)] += weight;
        }
        weights
    };
    (0..pixels).map(weights).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: Extent = Extent {
        height: 9,
        width: 7,
    };

    /// 9×7 pixels of two channels, all different.
    fn image() -> Vec<f32> {
        (0..9 * 7 * 2).map(|i| i as f32).collect()
    }

    fn changed(augment: Augment, seed: u64) -> Vec<f32> {
        let mut image = image();
        augment.verify().expect("sizes are in their ranges");
        Augmenter::new(augment, SIZE, 2).apply(&mut image, &mut Random::new(seed));
        image
    }

    #[test]
    fn nothing_asked_for_is_nothing_changed() {
        assert_eq!(changed(Augment::new(), 1), image());
        assert_eq!(changed(Augment::new().elastic(4, 0.0), 1), image());
    }

    #[test]
    fn the_same_seed_gives_the_same_image_and_another_seed_another() {
        let all = Augment::new()
            .shift(1.0)
            .rotation(10.0)
            .scale(0.1)
            .shear(0.1)
            .elastic(4, 0.5);
        assert_eq!(changed(all, 5), changed(all, 5));
        assert_ne!(changed(all, 5), changed(all, 6));
        let mut augmenter = Augmenter::new(all, SIZE, 2);
        let mut random = Random::new(5);
        let mut next = || {
            let mut image = image();
            augmenter.apply(&mut image, &mut random);
            image
        };
        assert_ne!(next(), next());
    }

    /// The mean place of the pixels' sources, and how far they are from it on average along each axis.
    fn moments(field: &[Away]) -> (Away, Away) {
        let mean =
            |of: &dyn Fn(&Away) -> f32| field.iter().map(of).sum::<f32>() / field.len() as f32;
        let middle = Away {
            y: mean(&|at| at.y),
            x: mean(&|at| at.x),
        };
        let spread = Away {
            y: mean(&|at| (at.y - middle.y).abs()),
            x: mean(&|at| (at.x - middle.x).abs()),
        };
        (middle, spread)
    }

    fn fields(augment: Augment) -> impl Iterator<Item = Vec<Away>> {
        let augmenter = Augmenter::new(augment, SIZE, 1);
        (0..300).map(move |seed| augmenter.field(&mut Random::new(seed)))
    }

    #[test]
    fn each_change_stays_within_its_size_and_comes_close_to_it() {
        let (_, unchanged) = moments(&fields(Augment::new()).next().expect("300 fields"));
        let mut largest = [0.0_f32; 4];
        for field in fields(Augment::new().shift(2.0)) {
            let (middle, _) = moments(&field);
            largest[0] = largest[0]
                .max((middle.y - 4.0).abs())
                .max((middle.x - 3.0).abs());
        }
        for field in fields(Augment::new().rotation(20.0)) {
            // The first row leads to the right: its angle.
            let angle = (field[6].y - field[0].y).atan2(field[6].x - field[0].x);
            largest[1] = largest[1].max(angle.abs().to_degrees());
        }
        for field in fields(Augment::new().scale(0.2)) {
            let (_, spread) = moments(&field);
            largest[2] = largest[2].max((spread.y / unchanged.y - 1.0).abs());
        }
        for field in fields(Augment::new().shear(0.3)) {
            assert_eq!(field[7].y, 1.0);
            largest[3] = largest[3].max((field[7].x - field[0].x).abs());
        }
        for (largest, size) in largest.into_iter().zip([2.0, 20.0, 0.2, 0.3]) {
            assert!(
                largest > 0.97 * size && largest < 1.0001 * size,
                "{largest}, {size}"
            );
        }
    }

    #[test]
    fn a_shift_by_whole_pixels_brings_zeros_in() {
        let augmenter = Augmenter {
            original: image(),
            ..Augmenter::new(Augment::new(), SIZE, 2)
        };
        let mut pixel = [9.0; 2];
        augmenter.sample(Away { y: 3.0, x: 2.0 }, &mut pixel);
        assert_eq!(pixel, [46.0, 47.0]);
        augmenter.sample(Away { y: 3.0, x: 2.5 }, &mut pixel);
        assert_eq!(pixel, [47.0, 48.0]);
        augmenter.sample(Away { y: 8.5, x: 2.0 }, &mut pixel);
        assert_eq!(pixel, [58.0, 58.5]);
        augmenter.sample(Away { y: -1.0, x: 2.0 }, &mut pixel);
        assert_eq!(pixel, [0.0, 0.0]);
    }

    #[test]
    fn bends_go_through_the_points_and_have_the_size_asked_for() {
        for weights in cubic(4, 10) {
            assert!(
                (weights.iter().sum::<f32>() - 1.0).abs() < 1e-5,
                "{weights:?}"
            );
        }
        assert_eq!(cubic(4, 10)[3], [0.0, 1.0, 0.0, 0.0]);
        assert_eq!(cubic(4, 10)[9], [0.0, 0.0, 0.0, 1.0]);
        let corners: Vec<f32> = fields(Augment::new().elastic(4, 0.5))
            .map(|field| field[0].y)
            .collect();
        let variance = corners.iter().map(|y| y * y).sum::<f32>() / corners.len() as f32;
        assert!((variance.sqrt() - 0.5).abs() < 0.05, "{variance}");
    }
}
