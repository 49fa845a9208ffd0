//! Changes of single places in the kernels, each of which some case of spec must notice.

/// A change of one place in a file of kernels.
pub(crate) struct Mutation {
    pub(crate) file: &'static str,
    pub(crate) from: &'static str,
    pub(crate) to: &'static str,
}

const fn mutation(file: &'static str, from: &'static str, to: &'static str) -> Mutation {
    Mutation { file, from, to }
}

/// In `bitneural-rt/src`.
pub(crate) const RUST: [Mutation; 46] = [
    mutation(
        "kernels/dense.rs",
        "(2 * u0) | (u1 << 16)",
        "u0 | (u1 << 16)",
    ),
    mutation(
        "kernels/dense.rs",
        "LANE_INPUTS: usize = 128",
        "LANE_INPUTS: usize = 129",
    ),
    mutation("kernels/dense.rs", "0x0003_0003;", "0x0003_0001;"),
    mutation(
        "kernels/dense.rs",
        "(false, Some(table)) =",
        "(true, Some(table)) =",
    ),
    mutation(
        "requant.rs",
        "wrapping_shr(u32::from(shift))",
        "wrapping_shr(u32::from(shift) + 1)",
    ),
    mutation(
        "kernels/softmax.rs",
        ".wrapping_add(half)",
        ".wrapping_add(0 * half)",
    ),
    mutation(
        "interface.rs",
        ".clamp(-LIMIT, LIMIT)",
        ".clamp(-LIMIT, i32::MAX)",
    ),
    mutation("interface.rs", "value > largest", "value >= largest"),
    // A root without its first bit, a variance that is not lifted, factors below 0 forgotten.
    mutation(
        "kernels/norm.rs",
        "0_u32, 1_u32 << 30",
        "0_u32, 1_u32 << 28",
    ),
    mutation("kernels/norm.rs", "spread.wrapping_shl(lift)", "spread"),
    mutation("kernels/norm.rs", ".wrapping_mul(sign.into())", ""),
    // Indices beyond the last row read nothing.
    mutation("kernels/embedding.rs", "index.min(last)", "index"),
    // Slopes: never taken, taken at zero already.
    mutation(
        "requant.rs",
        "&& y < i32::from(self.zero)",
        "&& y < i32::MIN",
    ),
    mutation(
        "requant.rs",
        "y < i32::from(self.zero)",
        "y <= i32::from(self.zero)",
    ),
    // Padding: another code, a row and a column too few in front.
    mutation(
        "kernels/window.rs",
        "patch.fill(self.padding)",
        "patch.fill(self.codes.first().copied().unwrap_or(self.padding))",
    ),
    mutation(
        "kernels/window.rs",
        "-i32::from(window.pad_top)",
        "-i32::from(window.pad_top.saturating_sub(1))",
    ),
    mutation(
        "kernels/window.rs",
        "-i32::from(window.pad_left)",
        "-i32::from(window.pad_left.saturating_sub(1))",
    ),
    // Strides exchanged, dilation ignored: of patches, of pools.
    mutation(
        "kernels/window.rs",
        "self.window.stride_y",
        "self.window.stride_x",
    ),
    mutation(
        "kernels/window.rs",
        "steps(origin.x, window.dilation_x, pieces)",
        "steps(origin.x, 1, pieces)",
    ),
    mutation(
        "kernels/window.rs",
        "steps(origin.x, window.dilation_x, window.kernel_width)",
        "steps(origin.x, 1, window.kernel_width)",
    ),
    // Groups: all read the first one's channels, or have the first one's weights or constants.
    mutation(
        "kernels/conv.rs",
        "group.wrapping_mul(channels)",
        "0 * group.wrapping_mul(channels)",
    ),
    mutation(
        "kernels/conv.rs",
        "(of_group.1, ends.1, rest)",
        "(weights, ends.1, rest)",
    ),
    mutation(
        "kernels/conv.rs",
        "(of_group.1, ends.1, rest)",
        "(of_group.1, epilogue, rest)",
    ),
    // Averages: of all taps, without what padding adds.
    mutation("kernels/pool.rs", "(inside, 0)", "(all, 0)"),
    mutation(
        "kernels/pool.rs",
        "(all, all.wrapping_sub(inside))",
        "(all, 0_u32)",
    ),
    // Signed bytes as if they had no sign.
    mutation(
        "kernels/dense.rs",
        "i32::from(weight as i8)",
        "i32::from(weight)",
    ),
    mutation(
        "kernels/depthwise.rs",
        "i32::from(weight as i8)",
        "i32::from(weight)",
    ),
    // Gates: halves rounded up, lines without their rounding, a class of what is not above 0.
    mutation("kernels/gate.rs", "tangent(g >> 1)", "tangent(g / 2)"),
    mutation("kernels/gate.rs", "(place & 255) + 128", "(place & 255)"),
    mutation("interface.rs", "value > threshold", "value >= threshold"),
    // Several inputs: no lower end, no bias, repeated ones not begun again, one zero for both, the other extreme, no
    // clamp, pieces side by side.
    mutation(
        "kernels/elementwise.rs",
        "low.max(high.min(sum.wrapping_shr(shift)))",
        "high.min(sum.wrapping_shr(shift))",
    ),
    mutation("kernels/elementwise.rs", "[bias; BLOCK]", "[0_i32; BLOCK]"),
    mutation(
        "kernels/elementwise.rs",
        "if self.repeated { 0 } else { from }",
        "from",
    ),
    mutation("kernels/elementwise.rs", "if !self.repeated", "if true"),
    mutation(
        "kernels/elementwise.rs",
        "wrapping_sub(second_zero)",
        "wrapping_sub(first_zero)",
    ),
    mutation(
        "kernels/elementwise.rs",
        "output, i32::min",
        "output, i32::max",
    ),
    mutation("kernels/elementwise.rs", "y.clamp(0, 255) as u8", "y as u8"),
    mutation("kernels/elementwise.rs", "layer.round as usize", "len"),
    // Frames: rows and columns shown once, nothing cut off, another border.
    mutation(
        "kernels/shape.rs",
        "shows_left = layer.repeat_y",
        "shows_left = 1",
    ),
    mutation("kernels/shape.rs", "in 0..layer.repeat_x", "in 0..1"),
    mutation(
        "kernels/shape.rs",
        "wrapping_mul(row_bytes)",
        "wrapping_mul(0)",
    ),
    mutation("kernels/shape.rs", "row.get(skipped..)", "row.get(..)"),
    mutation("kernels/shape.rs", "to.fill(layer.padding)", "to.fill(0)"),
    mutation(
        "kernels/shape.rs",
        "y < layer.pad_top",
        "y < layer.pad_left",
    ),
    // Tables: half of their entries.
    mutation(
        "kernels/activation.rs",
        "usize::from(u)]",
        "usize::from(u | 1)]",
    ),
    mutation(
        "kernels/activation.rs",
        "usize::from(*u)]",
        "usize::from(*u | 1)]",
    ),
];

/// In `bitneural-core/src/emit/c/kernels`.
pub(crate) const C: [Mutation; 40] = [
    mutation("embedding.h", ": layer->rows - 1u", ": 0u"),
    mutation(
        "norm.h",
        "bit = (uint32_t)1 << 30",
        "bit = (uint32_t)1 << 28",
    ),
    mutation("norm.h", "<< layer->lift", "<< 0"),
    mutation("dense.h", "2u * both1 +", "both1 +"),
    mutation("dense.h", "LANE_INPUTS 128u", "LANE_INPUTS 256u"),
    mutation(
        "dense.h",
        "(word >> 14) & 0x00030003u",
        "(word >> 14) & 0x00010003u",
    ),
    mutation("dense.h", "if (inputs > 0u)", "if (inputs > 1u)"),
    mutation("requant.h", ">> 32) >> shift", ">> 32) >> (shift + 1)"),
    mutation(
        "requant.h",
        "requant->high ? requant->high",
        "requant->high ? requant->low",
    ),
    mutation(
        "softmax.h",
        "layer->multiplier + half",
        "layer->multiplier + 0u * half",
    ),
    // Slopes: never taken, taken at zero already.
    mutation("requant.h", "y < leaky->zero", "y < leaky->zero - 70000"),
    mutation("requant.h", "y < leaky->zero", "y <= leaky->zero"),
    // Padding: another code, a row and a column too few in front.
    mutation(
        "window.h",
        "to[i] = padding;",
        "to[i] = (uint8_t)(padding * 0);",
    ),
    mutation(
        "window.h",
        "- (int32_t)pad;",
        "- (int32_t)(pad > 0 ? pad - 1 : 0);",
    ),
    // Strides exchanged, dilation ignored: of patches, of pools.
    mutation("conv.h", "window->stride_y", "window->stride_x"),
    mutation("depthwise.h", "window->stride_x", "window->stride_y"),
    mutation("window.h", "column += window->dilation_x;", "column += 1;"),
    mutation(
        "window.h",
        "taps.column = window->dilation_x;",
        "taps.column = 1;",
    ),
    // Groups: all read the first one's channels, or have the first one's weights or constants.
    mutation("conv.h", "input + group * count", "input"),
    mutation("conv.h", "+ group * words", "+ 0u * words"),
    mutation("conv.h", "group * dense->outputs", "0u * dense->outputs"),
    // Averages: of all taps, without what padding adds.
    mutation("pool.h", "layer->count_padding ? all : inside", "all"),
    mutation(
        "pool.h",
        "(all - inside) * layer->padding",
        "(all - inside) * 0u",
    ),
    // Signed bytes as if they had no sign.
    mutation(
        "dense.h",
        "const int8_t *bytes = (const int8_t *)weights",
        "const uint8_t *bytes = (const uint8_t *)weights",
    ),
    mutation(
        "depthwise.h",
        "const int8_t *bytes = (const int8_t *)weights",
        "const uint8_t *bytes = (const uint8_t *)weights",
    ),
    // Gates: halves rounded up, lines without their rounding, a class of what is not above 0.
    mutation("gate.h", "bn_gate_tanh(g >> 1)", "bn_gate_tanh(g / 2)"),
    mutation("gate.h", "(place & 255u) + 128", "(place & 255u)"),
    mutation("interface.h", "*value > threshold", "*value >= threshold"),
    // Several inputs: no bias, repeated ones not begun again, one zero for both, the other extreme, pieces side by side.
    mutation(
        "elementwise.h",
        "int32_t sum = layer->bias;",
        "int32_t sum = 0;",
    ),
    mutation("elementwise.h", "terms[1].repeated ? 0u : from", "from"),
    mutation("elementwise.h", "terms[k].repeated ? 0u : from", "from"),
    mutation(
        "elementwise.h",
        "- layer->second_zero",
        "- layer->first_zero",
    ),
    mutation(
        "elementwise.h",
        "smallest ? y < best : y > best",
        "smallest ? y > best : y < best",
    ),
    mutation(
        "elementwise.h",
        "(bias + multiplier * x) >> shift",
        "(0 * bias + multiplier * x) >> shift",
    ),
    mutation(
        "elementwise.h",
        "from += layer->round",
        "from += piece->len",
    ),
    // Frames: positions shown once, nothing cut off, another border.
    mutation(
        "shape.h",
        "(position - pad) / repeat + cut",
        "(position - pad) + 0u * repeat + cut",
    ),
    mutation("shape.h", "/ repeat + cut", "/ repeat + 0u * cut"),
    mutation("shape.h", "codes[c] : layer->padding", "codes[c] : 0"),
    // Tables: half of their entries.
    mutation("activation.h", "entries[input[i]]", "entries[input[i] | 1]"),
    mutation("activation.h", "entries[data[i]]", "entries[data[i] | 1]"),
];
