//! The report as Markdown: the model card in the struct's documentation, and the breakdown of an
//! exceeded budget.

use super::Report;

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
            "| all | | | {} | {} | {} |",
            self.macs, self.flash_bytes, self.ram_bytes
        ));
        lines
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
        lines
    }
}
