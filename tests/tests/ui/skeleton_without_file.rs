//! Nothing is known of the model, and yet its uses raise no error of their own.

use std::sync::Mutex;

use bitneural_rt::Model;

bitneural_rt::include_ternary_model!(pub struct Kws = "models/kws_en.safetensors");

static MODEL: Mutex<Kws> = Mutex::new(Kws::new());
static WORDS: [u32; Kws::RAM_BYTES / 4] = [0; Kws::RAM_BYTES / 4];

struct App {
    model: Kws,
    last: Option<KwsClass>,
}

trait Describe {
    fn describe(&self) -> String;
}

impl Describe for KwsClass {
    fn describe(&self) -> String {
        match self {
            KwsClass::Yes => "yes".to_owned(),
            KwsClass::No => self.label().to_owned(),
        }
    }
}

impl App {
    fn new() -> Self {
        Self { model: Kws::new(), last: None }
    }

    fn update(&mut self, frame: &[f32; 4]) -> KwsClass {
        let class = self.model.classify(frame);
        self.last = Some(class);
        class
    }
}

fn run<M: Model>(model: &mut M, input: &M::Input) -> M::Output {
    model.predict(input)
}

fn main() {
    let mut app = App::new();
    println!("{} {:?}", app.update(&[0.0; 4]).describe(), app.last);
    let mut model = Kws::default();
    let scores = model.predict(&[0.0; 4]);
    let exact: [f32; 2] = run(&mut model, &[0.0; 4]);
    println!("{} {}", scores[0] + exact[1], scores.iter().sum::<f32>());
    let quantized = Kws::quantize_input(&[0.0; 4]);
    let [yes, no] = model.predict_quantized(&quantized);
    println!("{} {}", yes.max(no), Kws::INPUT_SHAPE[0] + WORDS.len());
    if let Ok(KwsClass::Yes) = KwsClass::try_from(1) {
        println!("{:?}", KwsClass::ALL.map(|class| class.index()));
    }
    std::thread::spawn(move || model.classify_quantized(&quantized));
    println!("{}", MODEL.lock().unwrap().classify(&[0.0; 4]));
}
