//! Weights to trits: rule R30 of docs/arithmetic.md.
//!
//! The quantizers exist once, here; the trainer calls them too.

/// How the threshold and the scale of a group of weights are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Quantizer {
    /// The k largest magnitudes that minimize the squared error (exact least squares).
    #[default]
    Optimal,
    /// Half the mean magnitude; scale = mean of all (BitNet b1.58, Ma et al. 2024).
    Absmean,
    /// 0.7 of the mean magnitude; scale = mean of the kept (Li, Zhang, Liu 2016).
    Twn,
    /// The median magnitude; scale = mean of the kept (BitNeural32).
    Median,
}

impl Quantizer {
    /// The words for them in files and macro arguments.
    pub const WORDS: [(&'static str, Self); 4] = [
        ("optimal", Self::Optimal),
        ("absmean", Self::Absmean),
        ("twn", Self::Twn),
        ("median", Self::Median),
    ];
}

/// What shares a threshold and a scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Granularity {
    /// Each output channel has its own.
    #[default]
    Channel,
    /// One for the tensor.
    Tensor,
}

impl Granularity {
    /// The words for them in files.
    pub const WORDS: [(&'static str, Self); 2] =
        [("channel", Self::Channel), ("tensor", Self::Tensor)];
}

/// How weights are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    /// -1, 0, 1 times a scale.
    Ternary,
    /// -127..=127 times a scale.
    Int8,
}

impl Precision {
    /// The words for them in files.
    pub const WORDS: [(&'static str, Self); 2] = [("ternary", Self::Ternary), ("int8", Self::Int8)];

    /// The largest weight.
    pub fn largest(self) -> i8 {
        match self {
            Self::Ternary => 1,
            Self::Int8 => 127,
        }
    }
}

/// Where an output channel's weights lie in a matrix of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// `[inputs, outputs]`, as Keras stores a dense kernel.
    InputsFirst,
    /// `[outputs, inputs]`, as PyTorch does.
    OutputsFirst,
}

/// The ternary form of a matrix of weights.
#[derive(Debug, Clone, PartialEq)]
pub struct Ternary {
    /// Trits, `[outputs][inputs]`.
    pub trits: Vec<i8>,
    /// The scale of each output channel.
    pub scales: Vec<f64>,
}

/// The trits and the scale of one group: each weight is about `scale` times its trit.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// -1, 0 or 1 for each weight, in the same order.
    pub trits: Vec<i8>,
    /// Zero or more; 0 if nothing is kept.
    pub scale: f64,
}

/// Ternarizes `weights` (finite, `outputs × inputs` of them, in the given order of the file).
///
/// A matrix whose every output channel holds only 0 and one magnitude comes through unchanged,
/// whatever the quantizer.
pub fn ternarize(
    weights: &[f32],
    outputs: usize,
    order: Order,
    quantizer: Quantizer,
    granularity: Granularity,
) -> Ternary {
    let inputs = weights.len().checked_div(outputs).unwrap_or(0);
    let channel = |output: usize| -> Vec<f32> {
        match order {
            Order::OutputsFirst => weights[output * inputs..(output + 1) * inputs].to_vec(),
            Order::InputsFirst => weights
                .iter()
                .skip(output)
                .step_by(outputs)
                .copied()
                .collect(),
        }
    };
    if let Some(exact) = exactly_ternary(weights, outputs, order) {
        return exact;
    }
    match granularity {
        Granularity::Channel => {
            let mut ternary = Ternary {
                trits: Vec::with_capacity(weights.len()),
                scales: Vec::new(),
            };
            for output in 0..outputs {
                let group = ternarize_group(&channel(output), quantizer);
                ternary.trits.extend(group.trits);
                ternary.scales.push(group.scale);
            }
            ternary
        }
        Granularity::Tensor => {
            let group = ternarize_group(weights, quantizer);
            Ternary {
                trits: outputs_first(&group.trits, outputs, order),
                scales: vec![group.scale; outputs],
            }
        }
    }
}

/// `values` of a matrix in the file's order, as `[outputs][inputs]`.
pub fn outputs_first<T: Copy>(values: &[T], outputs: usize, order: Order) -> Vec<T> {
    match order {
        Order::OutputsFirst => values.to_vec(),
        Order::InputsFirst => {
            let mut transposed = Vec::with_capacity(values.len());
            for output in 0..outputs {
                transposed.extend(values.iter().skip(output).step_by(outputs).copied());
            }
            transposed
        }
    }
}

/// Weights of 8 bits: `s = max|w| / 127` for each output, codes `clamp(⌊w/s + ½⌋, −127, 127)` (R31).
pub fn int8(weights: &[f32], outputs: usize, order: Order) -> (Vec<i8>, Vec<f64>) {
    let rows = outputs_first(weights, outputs, order);
    let taps = weights.len().checked_div(outputs).unwrap_or(0).max(1);
    let mut codes = Vec::with_capacity(rows.len());
    let mut scales = Vec::with_capacity(outputs);
    for row in rows.chunks(taps) {
        let largest = row
            .iter()
            .fold(0.0_f32, |largest, weight| largest.max(weight.abs()));
        let scale = if largest == 0.0 {
            1.0
        } else {
            f64::from(largest) / 127.0
        };
        codes.extend(row.iter().map(|&weight| {
            (f64::from(weight) / scale + 0.5)
                .floor()
                .clamp(-127.0, 127.0) as i8
        }));
        scales.push(scale);
    }
    (codes, scales)
}

/// The signs and magnitudes of a matrix whose every channel holds only 0 and one magnitude
/// (bit-equal, -0 counts as 0); `None` for any other.
fn exactly_ternary(weights: &[f32], outputs: usize, order: Order) -> Option<Ternary> {
    let inputs = weights.len().checked_div(outputs)?;
    let mut scales = vec![0.0_f32; outputs];
    for (index, &weight) in weights.iter().enumerate() {
        let output = match order {
            Order::InputsFirst => index % outputs,
            Order::OutputsFirst => index / inputs,
        };
        let magnitude = weight.abs();
        if magnitude == 0.0 {
            continue;
        }
        if scales[output] == 0.0 {
            scales[output] = magnitude;
        } else if scales[output] != magnitude {
            return None;
        }
    }
    let signs: Vec<i8> = weights.iter().map(|&weight| sign(weight)).collect();
    Some(Ternary {
        trits: outputs_first(&signs, outputs, order),
        scales: scales.into_iter().map(f64::from).collect(),
    })
}

fn sign(weight: f32) -> i8 {
    i8::from(weight > 0.0) - i8::from(weight < 0.0)
}

/// Ternarizes one group of finite weights by R30; sums run in ascending index, in `f64`.
pub fn ternarize_group(weights: &[f32], quantizer: Quantizer) -> Group {
    let sum: f64 = weights
        .iter()
        .fold(0.0, |sum, weight| sum + f64::from(weight.abs()));
    let mean = sum / weights.len() as f64;
    // The smallest magnitude that is kept; the comparison is strict, so |w| = t gives 0.
    let keep: Box<dyn Fn(f64) -> bool> = match quantizer {
        Quantizer::Twn => Box::new(move |magnitude| magnitude > 0.7 * mean),
        Quantizer::Absmean => Box::new(move |magnitude| magnitude > 0.5 * mean),
        Quantizer::Median => {
            let median = median(weights);
            Box::new(move |magnitude| magnitude > median)
        }
        Quantizer::Optimal => {
            let smallest = smallest_kept(weights);
            Box::new(move |magnitude| magnitude >= smallest && magnitude > 0.0)
        }
    };
    let mut trits = Vec::with_capacity(weights.len());
    let (mut kept_sum, mut kept) = (0.0, 0_u64);
    for &weight in weights {
        let magnitude = f64::from(weight.abs());
        if keep(magnitude) {
            kept_sum += magnitude;
            kept += 1;
            trits.push(sign(weight));
        } else {
            trits.push(0);
        }
    }
    let scale = match quantizer {
        _ if kept == 0 => 0.0,
        Quantizer::Absmean => mean,
        Quantizer::Twn | Quantizer::Median | Quantizer::Optimal => kept_sum / kept as f64,
    };
    Group { trits, scale }
}

/// The magnitudes as bit patterns in ascending order: for floats without a sign, the order of the
/// bits is the order of the values.
fn sorted_magnitudes(weights: &[f32]) -> Vec<u32> {
    let mut bits: Vec<u32> = weights
        .iter()
        .map(|weight| weight.abs().to_bits())
        .collect();
    if bits.len() < FEWEST_FOR_RADIX {
        bits.sort_unstable();
    } else {
        radix_sort(&mut bits);
    }
    bits
}

/// Below so many the passes over 256 counters cost more than they save.
const FEWEST_FOR_RADIX: usize = 128;

/// Least-significant-digit radix sort, a byte a pass (Knuth, TAOCP 3, 5.2.5).
///
/// A macro runs without optimization, where the standard library's sort takes about four times as
/// long: bench/results/compile.toml. Plain loops, because iterators cost most there.
fn radix_sort(values: &mut Vec<u32>) {
    let mut sorted = vec![0; values.len()];
    for shift in [0, 8, 16, 24] {
        let mut ends = [0_usize; 256];
        for &value in values.iter() {
            ends[(value >> shift & 0xff) as usize] += 1;
        }
        let mut total = 0;
        for end in &mut ends {
            let count = *end;
            *end = total;
            total += count;
        }
        for &value in values.iter() {
            let place = &mut ends[(value >> shift & 0xff) as usize];
            sorted[*place] = value;
            *place += 1;
        }
        std::mem::swap(values, &mut sorted);
    }
}

fn magnitude(bits: u32) -> f64 {
    f64::from(f32::from_bits(bits))
}

fn median(weights: &[f32]) -> f64 {
    let sorted = sorted_magnitudes(weights);
    let middle = sorted.len() / 2;
    match sorted.get(middle) {
        None => 0.0,
        Some(&upper) if sorted.len() % 2 == 1 => magnitude(upper),
        Some(&upper) => (magnitude(sorted[middle - 1]) + magnitude(upper)) / 2.0,
    }
}

/// The magnitude of the last of the k* largest, k* being the first k with the largest c_k² / k.
fn smallest_kept(weights: &[f32]) -> f64 {
    let sorted = sorted_magnitudes(weights);
    let mut running = 0.0_f64;
    let (mut best, mut smallest) = (f64::NEG_INFINITY, f64::INFINITY);
    let mut remaining = sorted.iter().rev().peekable();
    let mut k = 0.0_f64;
    while let Some(&bits) = remaining.next() {
        running += magnitude(bits);
        k += 1.0;
        // Equal magnitudes are kept together.
        if remaining.peek().is_some_and(|&&next| next == bits) {
            continue;
        }
        let objective = (running * running) / k;
        if objective > best {
            (best, smallest) = (objective, magnitude(bits));
        }
    }
    smallest
}

#[cfg(test)]
mod tests {
    use super::*;

    // The worked example of R30.
    const EXAMPLE: [f32; 6] = [0.3, -0.1, 0.05, -0.5, 0.2, 0.1];

    #[test]
    fn worked_example() {
        for (quantizer, scale) in [
            (Quantizer::Twn, 1.0 / 3.0),
            (Quantizer::Median, 1.0 / 3.0),
            (Quantizer::Optimal, 1.0 / 3.0),
            (Quantizer::Absmean, 1.25 / 6.0),
        ] {
            let group = ternarize_group(&EXAMPLE, quantizer);
            assert_eq!(group.trits, [1, 0, 0, -1, 1, 0], "{quantizer:?}");
            assert!(
                (group.scale - scale).abs() < 1e-7,
                "{quantizer:?} {}",
                group.scale
            );
        }
    }

    #[test]
    fn an_exactly_ternary_matrix_comes_through_unchanged() {
        // Two inputs, three outputs, Keras order: channels (0.5, -0.5), (0, 0), (0.25, 0).
        let weights = [0.5, -0.0, 0.25, -0.5, 0.0, 0.0];
        let ternary = ternarize(
            &weights,
            3,
            Order::InputsFirst,
            Quantizer::Median,
            Granularity::Tensor,
        );
        assert_eq!(ternary.trits, [1, -1, 0, 0, 1, 0]);
        assert_eq!(ternary.scales, [0.5, 0.0, 0.25]);
    }

    #[test]
    fn both_sorts_give_one_order() {
        let mut state = 1_u32;
        let values: Vec<u32> = (0..1000)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                state >> (state % 31)
            })
            .collect();
        let (mut by_radix, mut expected) = (values.clone(), values);
        radix_sort(&mut by_radix);
        expected.sort_unstable();
        assert_eq!(by_radix, expected);
    }

    #[test]
    fn sums_of_a_tensor_run_in_the_order_of_the_file() {
        let weights = [1.0, 0.5, 0.25, 0.125, 0.0625, 0.75];
        let torch = ternarize(
            &weights,
            3,
            Order::OutputsFirst,
            Quantizer::Twn,
            Granularity::Tensor,
        );
        let keras_weights = [1.0, 0.25, 0.0625, 0.5, 0.125, 0.75];
        let keras = ternarize(
            &keras_weights,
            3,
            Order::InputsFirst,
            Quantizer::Twn,
            Granularity::Tensor,
        );
        assert_eq!(torch.trits, keras.trits);
    }
}
