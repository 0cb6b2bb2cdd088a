"""A spreadsheet becomes sheets: one a row, everything that could not be placed kept and told, nothing overwritten.

    spreadsheet.read ─ layout.lay ─▶ rows.Reader ─▶ plan.make ─▶ plan.write, report

``columns`` says which columns a kind has (the template of ``workbook`` too is made from it), ``mapping`` reads what the
person says of theirs, ``cells`` reads one cell.
"""
