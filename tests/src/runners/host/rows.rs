//! Embeddings and layer norms, which work on rows of channels.

use bitneural_rt::private::{Code, Embedding, LayerNorm, embedding, norm};

use super::{Elements, Request};

pub(super) fn lookup<I: Elements + Code>(request: &mut Request<'_>) -> Vec<u8> {
    let layer = Embedding {
        rows: request.word(),
        width: request.word(),
        table: request.list::<u8>().leak(),
    };
    let input = request.list::<I>();
    let mut output = vec![0; input.len() * layer.width as usize];
    embedding::lookup(&layer, &input, &mut output);
    output
}

pub(super) fn layer_norm(request: &mut Request<'_>) -> Vec<u8> {
    let channels = request.short();
    let (lift, epsilon) = (request.byte(), request.word());
    let signs = (0..channels).map(|_| i8::try_from(request.signed()).expect("a sign"));
    let layer = LayerNorm {
        channels,
        lift,
        epsilon,
        signs: signs.collect::<Vec<_>>().leak(),
        requant: request.requant(),
        constants: request.channels(channels.into()),
    };
    let input = request.list::<u8>();
    let mut output = vec![0; input.len()];
    norm::layer_norm(&layer, &input, &mut output);
    output
}
