"""From scores to files: pages, workbook, tables."""
