//! "Did you mean": names close to a misspelt one.

/// At most three of `candidates` that are close to `wanted`, the closest first.
///
/// Close means an edit distance (Damerau 1964: neighbours may change places; without regard to case)
/// of at most a third of the longer name, or one name containing the other.
pub fn near<'a>(wanted: &str, candidates: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let lower = wanted.to_lowercase();
    let mut scored: Vec<(usize, &str)> = candidates
        .into_iter()
        .filter_map(|candidate| {
            let other = candidate.to_lowercase();
            let contains = lower.len() >= 3
                && other.len() >= 3
                && (other.contains(&lower) || lower.contains(&other));
            let distance = distance(&lower, &other);
            (distance <= lower.len().max(other.len()) / 3 || contains)
                .then_some((distance, candidate))
        })
        .collect();
    scored.sort();
    scored.dedup();
    scored
        .into_iter()
        .take(3)
        .map(|(_, name)| name.to_owned())
        .collect()
}

/// Names longer than this are not compared: the work grows with the product of the lengths.
const LONGEST_COMPARED: usize = 64;

fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len() > LONGEST_COMPARED || b.len() > LONGEST_COMPARED {
        return usize::MAX;
    }
    // Rows of the table of distances between beginnings of `a` (one row each) and of `b`.
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1; b.len() + 1];
        for (j, y) in b.iter().enumerate() {
            let substituted = above[j] + usize::from(x != y);
            row[j + 1] = substituted.min(above[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                row[j + 1] = row[j + 1].min(before[j - 1] + 1);
            }
        }
        before = std::mem::replace(&mut above, row);
    }
    above[b.len()]
}
