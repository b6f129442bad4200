"""What every page is made of: colours, theme, icons, labels, buttons, dangers, bars, notices. Knows no page.

| module | gives |
| --- | --- |
| colours | `colours_now()`: every colour of the theme in force |
| theme | `Theme(app).apply(ThemeChoice, text_scale)` |
| metrics | spaces and roundings |
| icons | `icon(name)` for buttons, `paint_icon(...)` for painting, `danger_icon(level)` |
| labels | `label(words, role)`, `rule()` |
| buttons | `button`, `icon_button`, `Segments` |
| surfaces | `Card`, `ScrollColumn`, `row`, `clear` |
| danger | `DangerChip`, `paint_chip` for delegates, `danger_word` |
| banner | `DangerBanner.tell(Alert(...))` |
| bar | `ProbabilityBar`, `paint_bar` for delegates, `percent` |
| notices | `NoticeBar.tell(sentence, kind, action=..., details=...)` |
| empty | `EmptyState` |
| medallion | `Medallion`: an icon on a soft disc |
| flow | `FlowLayout` |
| thumbnails | `Thumbnails.get(photo or path)`: one cache for the window |
| naming | names of taxa, onsets, seasons, regions, dates, countries |
| wording | an observation in words: banner, verdict, reason |
| relabel | `RelabelDialog`: any taxon of the guide by any name |
| candidate_row | `CandidateRow`: place, names, probability, danger |
| filters | `FilterButton`: narrows a list |
| painting | pieces that delegates share |
| timeline | `OnsetBar`: from the meal to the first signs |
"""
