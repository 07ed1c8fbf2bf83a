"""Fitting the linear model: it learns, it is what scikit-learn fitted, it says the same each time."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.linear_model import LogisticRegression

from qa_pipeline.text.ngrams import tallies
from qa_pipeline.training.ngrams import LOOSE, fit_ngrams

TEXTS = [
    f"{start} {what} {n}" for start in ("well", "so", "嗯") for what in ("parcel", "refund", "路由器") for n in range(5)
]
TRUTH = np.array([["parcel" in text, "路由器" in text] for text in TEXTS])


def test_it_tells_labels_apart_in_texts_that_it_has_not_seen() -> None:
    scores = fit_ngrams(TEXTS, TRUTH).scores(["and my parcels 77", "那个路由气呢", "a refund please"])
    assert ((scores > 0) == [[True, False], [False, True], [False, False]]).all()


def test_it_is_the_logistic_regression_up_to_rounding() -> None:
    weigh = TfidfTransformer(sublinear_tf=True)
    tallied = weigh.fit_transform(tallies(TEXTS))
    tallied.sort_indices()
    line = LogisticRegression(C=LOOSE, solver="liblinear").fit(tallied, TRUTH[:, 0])
    assert fit_ngrams(TEXTS, TRUTH).scores(TEXTS)[:, 0] == pytest.approx(line.decision_function(tallied), abs=0.05)


def test_the_same_texts_give_the_same_model() -> None:
    one, other = fit_ngrams(TEXTS, TRUTH), fit_ngrams(TEXTS, TRUTH)
    assert (one.weights == other.weights).all()
    assert one.scores(["a parcel"]).tolist() == other.scores(["a parcel"]).tolist()


@pytest.mark.parametrize("always", [True, False])
def test_a_label_of_all_texts_or_none_tells_nothing_of_a_text(always: bool) -> None:
    model = fit_ngrams(TEXTS, np.full((len(TEXTS), 1), always))
    assert not model.weights.any()
    assert (model.scores(["anything"])[0, 0] > 0) is np.bool_(always)
