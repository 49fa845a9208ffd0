//! Softmax in floating point, the maximum subtracted first.

pub(super) fn run(input: &[f32]) -> Vec<f32> {
    let largest = input.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let exps: Vec<f64> = input
        .iter()
        .map(|&x| f64::from(x - largest).exp())
        .collect();
    let sum: f64 = exps.iter().sum();
    exps.iter().map(|e| (e / sum) as f32).collect()
}
