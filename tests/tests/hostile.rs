//! Broken and hostile model files: the compiler neither panics nor allocates without measure.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::LazyLock;

use bitneural_core::emit::{c, rust};
use bitneural_core::source::{self, limits};
use bitneural_core::{Options, compile};
use bitneural_targets::root;
use bitneural_tests::fixtures::whole;
use bitneural_tests::pages::examples;
use proptest::prelude::*;
use serde_json::{Value, json};
use values::{hostile, of_any_field, of_windows};

#[path = "hostile/values.rs"]
mod values;

/// Counts the bytes that this thread holds.
struct Counting;

thread_local! {
    static HELD: Cell<usize> = const { Cell::new(0) };
    static MOST: Cell<usize> = const { Cell::new(0) };
}

fn taken(bytes: usize) {
    // A thread that ends has no counters any more; nothing is measured there.
    let _ = HELD.try_with(|held| {
        held.set(held.get() + bytes);
        let _ = MOST.try_with(|most| most.set(most.get().max(held.get())));
    });
}

fn given_back(bytes: usize) {
    let _ = HELD.try_with(|held| held.set(held.get().saturating_sub(bytes)));
}

// SAFETY: Every call goes to the system's allocator with the arguments that were given, so the caller's promises are
// those that `System` asks for, and its promises are ours. Counting does not allocate: the cells are const-initialized
// and have no destructor.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        taken(layout.size());
        // SAFETY: as above.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        given_back(layout.size());
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        taken(layout.size());
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // Both may exist while the bytes move.
        taken(size);
        given_back(layout.size());
        // SAFETY: as above.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Runs `work`; its result and the most bytes that were held at once beyond those before.
fn measured<T>(work: impl FnOnce() -> T) -> (T, usize) {
    let before = HELD.get();
    MOST.set(before);
    let result = work();
    (result, MOST.get() - before)
}

/// Compiles and prints `bytes`.
///
/// # Errors
/// A panic, or an allocation above what the limits allow.
fn survives(bytes: &[u8]) -> Result<(), String> {
    let allowed = limits::COMPILE_BASE_BYTES + limits::COMPILE_MULTIPLE * bytes.len();
    let run = || {
        source::outline(bytes);
        source::foreign::recognize("model.safetensors", bytes);
        match compile(bytes, &Options::default()) {
            Ok(compiled) => {
                rust::print(&compiled.program, &rust::Style::new("Model"));
                c::print(&compiled.program, &c::Style::new("model"));
            }
            Err(errors) => {
                errors.in_file("model.safetensors").to_string();
            }
        }
    };
    let (outcome, most) = measured(|| catch_unwind(AssertUnwindSafe(run)));
    outcome.map_err(|_| "the compiler panics".to_owned())?;
    if most > allowed {
        return Err(format!(
            "{most} bytes held for a file of {}, above {allowed}",
            bytes.len()
        ));
    }
    Ok(())
}

/// A file as its header, the metadata a part of it, and its data.
#[derive(Clone)]
struct Parts {
    header: Value,
    data: Vec<u8>,
}

impl Parts {
    fn of(bytes: &[u8]) -> Self {
        let (length, rest) = bytes.split_first_chunk::<8>().unwrap();
        let (header, data) = rest.split_at(u64::from_le_bytes(*length) as usize);
        let mut header: Value = serde_json::from_slice(header).unwrap();
        let metadata = &mut header["__metadata__"]["bitneural"];
        *metadata = serde_json::from_str(metadata.as_str().unwrap()).unwrap();
        Self {
            header,
            data: data.to_vec(),
        }
    }

    fn bytes(&self) -> Vec<u8> {
        let mut header = self.header.clone();
        if let Some(metadata) = header.pointer_mut("/__metadata__/bitneural") {
            *metadata = Value::String(metadata.to_string());
        }
        let header = header.to_string();
        let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
        bytes.extend(header.bytes());
        bytes.extend(&self.data);
        bytes
    }
}

/// Pointers to all values below `value`.
fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Object(map) => {
            for (key, inner) in map {
                let key = key.replace('~', "~0").replace('/', "~1");
                pointers(inner, &format!("{at}/{key}"), found);
            }
        }
        Value::Array(items) => {
            for (index, inner) in items.iter().enumerate() {
                pointers(inner, &format!("{at}/{index}"), found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Those with windows: layers that look at an image or at steps of time, pools of PyTorch's, and what joins them.
fn images() -> Vec<Vec<u8>> {
    let files = of_the_page(|layer| layer.get("pool").is_some());
    assert_eq!(files.len(), 5);
    files
}

/// Those whose layers carry a state: of either layout, both directions and kernels of any kind.
fn states() -> Vec<Vec<u8>> {
    let mut files = of_the_page(|layer| layer["tensors"].get("recurrent_kernel").is_some());
    assert_eq!(files.len(), 1);
    let names = [
        "keras/gru_reset_before_concat",
        "keras/lstm_mul_sequences",
        "keras/lstm_codes_trits",
        "keras/gru_flatten",
        "torch/simple_rnn_both_ways_two_layers",
    ];
    for name in names {
        let path = root().join(format!("spec/frameworks/{name}.safetensors"));
        files.push(fs::read(path).expect("a committed model"));
    }
    files
}

/// The models of docs/format.md that have such a layer.
fn of_the_page(is_meant: impl Fn(&Value) -> bool) -> Vec<Vec<u8>> {
    let files = examples().into_iter().filter(|(metadata, _)| {
        let layers = metadata["layers"].as_array().expect("a list");
        layers.iter().any(&is_meant)
    });
    files
        .map(|(metadata, tensors)| whole::file(&metadata, &tensors))
        .collect()
}

/// A change of the header or the metadata; the numbers choose among what there is.
#[derive(Debug, Clone)]
enum Edit {
    Replace(usize, usize),
    CopyFrom(usize, usize),
    Remove(usize),
    Repeat(usize, usize),
}

fn edit(parts: &mut Parts, edit: &Edit) {
    let mut found = Vec::new();
    pointers(&parts.header, "", &mut found);
    let at = |index: usize| found[index % found.len()].clone();
    match *edit {
        Edit::Replace(index, value) => {
            let value = HOSTILE[value % HOSTILE.len()].clone();
            if let Some(place) = parts.header.pointer_mut(&at(index)) {
                *place = value;
            }
        }
        Edit::CopyFrom(index, from) => {
            let value = parts.header.pointer(&at(from)).cloned().unwrap_or_default();
            if let Some(place) = parts.header.pointer_mut(&at(index)) {
                *place = value;
            }
        }
        Edit::Remove(index) => {
            let pointer = at(index);
            let Some((parent, key)) = pointer.rsplit_once('/') else {
                return;
            };
            match parts.header.pointer_mut(parent) {
                Some(Value::Object(map)) => {
                    map.remove(&key.replace("~1", "/").replace("~0", "~"));
                }
                Some(Value::Array(items)) => {
                    if let Ok(index) = key.parse::<usize>() {
                        items.remove(index);
                    }
                }
                _ => {}
            }
        }
        Edit::Repeat(index, times) => {
            if let Some(Value::Array(items)) = parts.header.pointer_mut(&at(index))
                && let Some(last) = items.last().cloned()
            {
                items.extend(std::iter::repeat_n(last, times));
            }
        }
    }
}

fn edits() -> impl Strategy<Value = Edit> {
    prop_oneof![
        4 => (any::<usize>(), any::<usize>()).prop_map(|(at, value)| Edit::Replace(at, value)),
        1 => (any::<usize>(), any::<usize>()).prop_map(|(at, from)| Edit::CopyFrom(at, from)),
        1 => any::<usize>().prop_map(Edit::Remove),
        1 => (any::<usize>(), 1..400_usize).prop_map(|(at, times)| Edit::Repeat(at, times)),
    ]
}

/// Made once: there are tens of thousands of edits, and some of the values are long lists.
static HOSTILE: LazyLock<Vec<Value>> = LazyLock::new(hostile);

static MODELS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(models);

fn models() -> Vec<Vec<u8>> {
    let mut models = vec![whole::tilt(), whole::digits(), whole::channels_first()];
    models.push(whole::with_bits(&models[0], 16));
    models.extend(images());
    models.extend(states());
    models
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn edited_headers(model in 0..MODELS.len(), list in prop::collection::vec(edits(), 1..4)) {
        let mut parts = Parts::of(&MODELS[model]);
        for change in &list {
            edit(&mut parts, change);
        }
        survives(&parts.bytes()).map_err(TestCaseError::fail)?;
    }

    #[test]
    fn changed_bytes(
        model in 0..MODELS.len(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        keep in prop::option::weighted(0.2, any::<prop::sample::Index>()),
    ) {
        let mut bytes = MODELS[model].clone();
        for (at, value) in &changes {
            let at = at.index(bytes.len());
            bytes[at] = *value;
        }
        if let Some(keep) = keep {
            bytes.truncate(keep.index(bytes.len()));
        }
        survives(&bytes).map_err(TestCaseError::fail)?;
    }

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        survives(&bytes).map_err(TestCaseError::fail)?;
    }
}

#[test]
fn every_truncation_and_every_changed_bit() {
    let bytes = whole::tilt();
    for length in 0..bytes.len() {
        survives(&bytes[..length]).unwrap();
    }
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << bit;
            survives(&changed).unwrap();
        }
    }
}

/// The one replacement at every place: nothing depends on what proptest happens to choose. Of the layers of the page each
/// place has a third of the values, each value a third of the places: all pairs would take minutes.
#[test]
fn every_value_at_every_place() {
    let split = of_any_field().len();
    let wide = whole::with_bits(&whole::tilt(), 16);
    let whole_files = [wide, whole::channels_first()].map(|model| (model, "", 0..split));
    // What lies around the layers is as in the others, and so is what any field may hold.
    let of_states = split + of_windows().len();
    let below = "/__metadata__/bitneural/layers/";
    let layers = images()
        .into_iter()
        .map(|model| (model, below, split..of_states));
    // The page has most options of layers with a state, the other one those of Keras alone.
    let of_two = states().into_iter().take(2);
    let states = of_two.map(|model| (model, below, split..HOSTILE.len()));
    let layers = layers.chain(states);
    for (model, below, values) in whole_files.into_iter().chain(layers) {
        let parts = Parts::of(&model);
        let mut found = Vec::new();
        pointers(&parts.header, "", &mut found);
        let places = found.iter().enumerate();
        for (index, pointer) in places.filter(|(_, pointer)| pointer.starts_with(below)) {
            let is_drawn = |value: &usize| below.is_empty() || (index + value).is_multiple_of(3);
            for value in values.clone().filter(is_drawn) {
                let mut parts = parts.clone();
                edit(&mut parts, &Edit::Replace(index, value));
                survives(&parts.bytes())
                    .unwrap_or_else(|reason| panic!("{reason}: {pointer} = {}", HOSTILE[value]));
            }
        }
    }
}

/// The options of a window together: each alone may be within the limits.
#[test]
fn every_combination_of_the_ends_of_a_window() {
    let ends = [json!(1), json!(2), json!(65_535), json!([1, 65_535])];
    let borders = [
        json!("same"),
        json!(0),
        json!(65_534),
        json!(65_535),
        json!([[0, 65_535], [65_535, 0]]),
    ];
    let options = || ends.iter().flat_map(|a| ends.iter().map(move |b| (a, b)));
    for model in images() {
        let parts = Parts::of(&model);
        let layers = parts.header["__metadata__"]["bitneural"]["layers"]
            .as_array()
            .map_or(0, Vec::len);
        for (layer, padding) in (0..layers).flat_map(|at| borders.iter().map(move |p| (at, p))) {
            for (size, (stride, dilation)) in ends
                .iter()
                .flat_map(|size| options().map(move |pair| (size, pair)))
            {
                let mut parts = parts.clone();
                let fields = &mut parts.header["__metadata__"]["bitneural"]["layers"][layer];
                let name = ["kernel", "pool"]
                    .into_iter()
                    .find(|name| fields.get(name).is_some());
                let Some(name) = name else { continue };
                fields[name] = size.clone();
                fields["stride"] = stride.clone();
                fields["padding"] = padding.clone();
                if name == "kernel" {
                    fields["dilation"] = dilation.clone();
                } else if *dilation != ends[0] {
                    // Pools have none, and say so.
                    continue;
                }
                let shown = fields.to_string();
                survives(&parts.bytes()).unwrap_or_else(|reason| panic!("{reason}: {shown}"));
            }
        }
    }
}

#[path = "hostile/work.rs"]
mod work;

#[test]
fn the_measure_measures() {
    let (_, most) = measured(|| {
        drop(vec![0_u8; 1000]);
        drop(vec![0_u8; 3000]);
        vec![0_u8; 2000]
    });
    assert_eq!(most, 3000);
    let panics = catch_unwind(|| panic!("a control"));
    assert!(panics.is_err());
}
