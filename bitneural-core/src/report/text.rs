//! The report as text: Markdown for the model card in the struct's documentation, plain columns for
//! the breakdown of an exceeded budget.

use super::Report;

/// The row of what belongs to no layer, so that rows add up.
const INTERFACE: &str = "input, output";

impl Report {
    /// The rows as a Markdown table, a line each.
    pub fn table(&self) -> Vec<String> {
        let mut lines = vec![
            "| layer | what | kernel | MACs | flash B | RAM B |".to_owned(),
            "|---|---|---|--:|--:|--:|".to_owned(),
        ];
        for row in &self.rows {
            lines.push(format!(
                "| `{}` | {} | `{}` | {} | {} | {} |",
                row.layer, row.what, row.kernel, row.macs, row.flash_bytes, row.ram_bytes
            ));
        }
        lines.push(format!(
            "| {INTERFACE} | | | | {} | |",
            self.interface_flash_bytes
        ));
        lines.push(format!(
            "| all | | | {} | {} | {} |",
            self.macs, self.flash_bytes, self.ram_bytes
        ));
        lines
    }

    /// The rows in plain columns, a line each.
    pub fn breakdown(&self) -> Vec<String> {
        let bytes = |count: usize| format!("{count} B");
        let mut lines = vec![["layer", "flash", "RAM"].map(str::to_owned)];
        for row in &self.rows {
            let layer = format!("{} ({})", row.layer, row.what);
            lines.push([layer, bytes(row.flash_bytes), bytes(row.ram_bytes)]);
        }
        lines.push([
            INTERFACE.to_owned(),
            bytes(self.interface_flash_bytes),
            String::new(),
        ]);
        lines.push([
            "all".to_owned(),
            bytes(self.flash_bytes),
            bytes(self.ram_bytes),
        ]);
        let width = |column: usize| {
            let lengths = lines.iter().map(|line| line[column].chars().count());
            lengths.max().unwrap_or(0)
        };
        let (first, second, third) = (width(0), width(1), width(2));
        lines
            .iter()
            .map(|[layer, flash, ram]| {
                format!("     {layer:first$}  {flash:>second$}  {ram:>third$}")
            })
            .collect()
    }

    /// The model card.
    pub fn card(&self) -> Vec<String> {
        let mut lines = vec![
            format!(
                "Ternary network `{}`: {} → {}.",
                self.model, self.input, self.output
            ),
            String::new(),
        ];
        lines.extend(self.table());
        lines.push(String::new());
        lines.push(format!(
            "{} B of flash (kernel code apart), {} B of RAM (least possible: {}), at most {} B of stack.",
            self.flash_bytes, self.ram_bytes, self.ram_bound_bytes, self.stack_bytes
        ));
        if let Some(stream) = &self.stream {
            let comes = match (stream.first, stream.period) {
                (1, 1) => "an output each frame".to_owned(),
                (first, 1) => format!("an output each frame from frame {first} on"),
                (first, period) => {
                    format!("an output every {period} frames from frame {first} on")
                }
            };
            lines.push(format!(
                "A frame at a time: {} MACs a frame (at most {}), {} B of RAM, {comes}; the whole sequence takes {} MACs.",
                stream.macs, stream.most_macs, stream.ram_bytes, self.macs
            ));
        }
        if let Some(fidelity) = &self.fidelity {
            lines.push(String::new());
            lines.extend(fidelity.card());
        }
        lines
    }
}
