"""The figures part of the model card, from what ``classifiers.evaluate`` measured."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from classifiers.labels import LABELS

BEGIN: Final = "<!-- figures: written by python -m classifiers.evaluate --write -->"
END: Final = "<!-- end of figures -->"


def _share(value: list[float]) -> str:
    return f"{value[0]:.3f} ({value[1]:.3f}–{value[2]:.3f})"


def render(found: dict[str, Any]) -> str:
    """Markdown tables of ``found``, the contents of ``figures.json``."""
    held, real = found["labels"], found["real"]
    lines = [
        f"Model `{found['model']}`. Held-out writer files: {', '.join(found['held_out'])} ({held['texts']} texts).",
        "",
        "| label | n | precision | recall | F1 (95 % interval) | AP (95 % interval) | calibration error |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for label in LABELS:
        row = held["labels"][label]
        f1, ap = ("{:.3f} ({:.3f}–{:.3f})".format(row[name], *row[f"{name}_interval"]) for name in ("f1", "ap"))
        lines.append(
            f"| {label} | {row['count']} | {row['precision']:.3f} | {row['recall']:.3f} | {f1} | {ap} "
            f"| {row['calibration_error']:.3f} |"
        )
    low, high = held["macro_f1_interval"]
    lines += [
        "",
        f"Macro-F1 over the eight concerns, at probability .5 after cross-fitted calibration: **{held['macro_f1']:.3f}** "
        f"({low:.3f}–{high:.3f}); macro-AP **{held['macro_ap']:.3f}**.",
    ]
    for name, row in held["files"].items():
        lines.append(f"- {name}: macro-F1 {row['macro_f1']:.3f}, macro-AP {row['macro_ap']:.3f} ({row['texts']} texts)")
    if "single_precision" in found:
        single = found["single_precision"]
        lines.append(f"- before quantising: macro-F1 {single['macro_f1']:.3f}, macro-AP {single['macro_ap']:.3f}")
    lines += [
        "",
        f"False nudges on {real['harmless']} real harmless comments (the half that set no threshold):",
        "",
        "| tolerance, per 1,000 | nudged | per 1,000 (95 % interval) |",
        "| --- | --- | --- |",
    ]
    for tolerance, row in real["false_nudges"].items():
        low, high = row["interval"]
        lines.append(f"| {tolerance} | {row['count']} | {row['per_1000']:.1f} ({low:.1f}–{high:.1f}) |")
    lines += [
        "",
        "Recall of any concern, by threshold from the tolerance, and by counting false nudges on that half:",
        "",
        "| comments with a concern | n | AUC | AP | tolerance 1 | 3 | 10 | .1 % false | .3 % | 1 % |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name, row in real["groups"].items():
        cells = [_share(row[f"recall_at_tolerance_{t}"]) for t in (1, 3, 10)]
        cells += [_share(row[f"recall_at_false_{t}%"]) for t in (0.1, 0.3, 1)]
        lines.append(
            f"| {name} | {row['count']} | {row['auc']:.3f} | {row['ap_against_harmless']:.3f} | {' | '.join(cells)} |"
        )
    spans, alarms, groups = found["spans"], found["false_alarms"], found["identities"]
    flagged = ", ".join(f"{len(alarms[f'flagged_at_{t}'])} at {t}" for t in (1, 3, 10))
    lines += [
        "",
        f"- Spans, character F1: {spans['given']['f1']:.3f} where the concern is given, {spans['heard']['f1']:.3f} where "
        f"it must be heard first ({spans['comments']} comments).",
        f"- False-alarm suite of {alarms['texts']}: flagged at tolerance per 1,000: {flagged}.",
        f"- Identity templates ({groups['texts']} harmless ones): {groups['flagged']} flagged at tolerance 1; largest "
        f"difference between two identity words {groups['largest_difference']:.2f} "
        f"({', '.join(f'{w} {s:.2f}' for w, s in groups['highest'].items())}).",
        "- Recall of any concern at tolerance 10 under spelling tricks: "
        + ", ".join(f"{way} {share:.3f}" for way, share in found["disguises"].items())
        + ".",
    ]
    return "\n".join(lines)


def put(card: Path, found: dict[str, Any]) -> None:
    """Replace the figures in the card; raises ``ValueError`` where it has no place for them."""
    text = card.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN, 1)
    _, after = rest.split(END, 1)
    card.write_text(f"{before}{BEGIN}\n\n{render(found)}\n\n{END}{after}", encoding="utf-8")
