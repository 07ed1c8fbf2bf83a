"""How sentence encoder and causes cope with other people's wording: what callers want, from public intent sets.

    python benchmarks/intents.py FOLDER [--most N]

FOLDER holds CSV files with the columns text and intent: `banking77_train.csv`, `banking77_test.csv` and
`natcs_*.csv`. Printed are

* for each set how often a logistic regression on the encoder's vectors names the intent (BANKING77: its own split;
  NatCS: five-fold), with the 95 % interval (Wilson). It tells whether the encoder keeps such wordings apart;
* for intents that lie near one of our causes how often that cause is the likeliest of the sixteen, and how often the
  text is heard as a complaint. The texts are questions, not complaints, so that a complaint is mostly a wrong one.

`--most` takes the first N texts of each file only. English alone: there is no Mandarin set.
"""

from __future__ import annotations

import argparse
import csv
from collections import defaultdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from qa_pipeline import assembly
from qa_pipeline.analytics.intervals import wilson
from qa_pipeline.contracts import Tagger
from qa_pipeline.settings import load_settings
from qa_pipeline.signals.causes import COMPLAINT, SURE

# What a text with this intent would complain of, if it complained; intents that could be several are left out.
NEAR = {
    "Refund_not_showing_up": "refund_delay",
    "card_arrival": "delivery_delay",
    "transaction_charged_twice": "billing_error",
    "card_payment_wrong_exchange_rate": "billing_error",
    "wrong_amount_of_cash_received": "billing_error",
    "extra_charge_on_statement": "unexpected_fee",
    "card_payment_fee_charged": "unexpected_fee",
    "cash_withdrawal_charge": "unexpected_fee",
    "transfer_fee_charged": "unexpected_fee",
    "top_up_by_card_charge": "unexpected_fee",
    "pin_blocked": "account_access",
    "passcode_forgotten": "account_access",
    "unable_to_verify_identity": "account_access",
    "virtual_card_not_working": "technical_issue",
    "contactless_not_working": "technical_issue",
    "ResetPassword": "account_access",
    "ReportBillingIssue": "billing_error",
}


def main() -> None:
    """Prints both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--most", type=int)
    asked = parser.parse_args()
    settings = load_settings()
    encoder = assembly.sentence_encoder(settings)
    sets = {path.stem: read(path, asked.most) for path in sorted(asked.folder.glob("*.csv"))}
    train = sets.pop("banking77_train")
    print("Intents named rightly")
    for name, (texts, intents) in sets.items():
        vectors = encoder.encode(texts)
        if name == "banking77_test":
            model = LogisticRegression(C=30, max_iter=2000).fit(encoder.encode(train[0]), train[1])
            right = int(np.sum(model.predict(vectors) == np.array(intents)))
        else:
            right = five_fold(vectors, intents)
        print(f"  {name:16} {len(set(intents)):3} intents  {right} of {len(texts)}  {shown(right, len(texts))}")
    near(assembly.text_tagger(settings, "causes", encoder), sets)


def read(path: Path, most: int | None) -> tuple[list[str], list[str]]:
    """Texts and intents of a file."""
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))[:most]
    return [row["text"] for row in rows], [row["intent"] for row in rows]


def five_fold(vectors: NDArray[np.float32], intents: list[str]) -> int:
    """How many are named rightly by models that saw the other four fifths; intents with fewer than five texts are
    wrong.
    """
    names = np.array(intents)
    common = np.isin(names, [name for name in set(intents) if intents.count(name) >= 5])
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    said = cross_val_predict(LogisticRegression(C=30, max_iter=2000), vectors[common], names[common], cv=folds)
    return int(np.sum(said == names[common]))


def near(tagger: Tagger, sets: dict[str, tuple[list[str], list[str]]]) -> None:
    """The causes model on texts whose intent lies near a cause."""
    causes = [label for label in tagger.labels if label != COMPLAINT]
    columns = [tagger.labels.index(cause) for cause in causes]
    found: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
    for texts, intents in sets.values():
        wanted = [(text, NEAR[intent]) for text, intent in zip(texts, intents, strict=True) if intent in NEAR]
        if not wanted:
            continue
        chances = tagger.chances([text for text, _ in wanted])
        likeliest = [causes[at] for at in chances[:, columns].argmax(axis=1)]
        complains = chances[:, tagger.labels.index(COMPLAINT)] >= SURE
        for (_, cause), said, complaint in zip(wanted, likeliest, complains, strict=True):
            found[cause].append((said == cause, bool(complaint)))
    print("\nThe nearest cause is the likeliest of sixteen, and the text is heard as a complaint")
    for cause, outcomes in [*sorted(found.items()), ("all", [one for each in found.values() for one in each])]:
        right, complaints, n = sum(a for a, _ in outcomes), sum(b for _, b in outcomes), len(outcomes)
        print(f"  {cause:16} {right:4} of {n:4}  {shown(right, n)}   complaint {shown(complaints, n)}")


def shown(hits: int, n: int) -> str:
    """A share with its interval."""
    interval = wilson(hits, n)
    return f"{hits / n:.3f} ({interval.low:.3f}-{interval.high:.3f})"


if __name__ == "__main__":
    main()
