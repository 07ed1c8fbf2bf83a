from __future__ import annotations

from qa_pipeline.domain import Party
from qa_pipeline.text.phrases import Act, Hit, PhraseBook


def a_book(*phrases: str, unless: tuple[str, ...] = (), language: str = "en") -> PhraseBook:
    return PhraseBook([Act(name="act", party=Party.AGENT, phrases=phrases, unless=unless)], language=language)


def test_longest_hit_wins_and_hits_do_not_overlap() -> None:
    text = "Is there anything else I can help you with?"
    assert (Hit(act="act", start=9, end=42, method="phrase"),) == a_book(
        "anything else", "anything else i can help you with", "help you"
    ).search(text)


def test_two_places_are_two_hits() -> None:
    assert [0, 9] == [hit.start for hit in a_book("goodbye").search("Goodbye, goodbye.")]


def test_slip_of_one_letter_is_found_and_marked_fuzzy() -> None:
    (hit,) = a_book("thank you for holding").search("Thank you for holdin.")
    assert ("fuzzy", 0.8) == (hit.method, hit.quality)


def test_short_words_are_no_slips() -> None:
    assert () == a_book("thank you for holding").search("Thank you far holding.")


def test_a_word_that_some_phrase_knows_is_no_slip_for_another() -> None:
    assert () == a_book("welcome home", "house number").search("welcome house")


def test_chinese_homophones_are_found_by_sound() -> None:
    (hit,) = a_book("感谢您的来电", language="zh").search("感谢您的来店")
    assert ("pinyin", 0.75) == (hit.method, hit.quality)


def test_short_chinese_phrases_are_not_found_by_sound() -> None:
    assert () == a_book("再见", language="zh").search("在建")


def test_what_forbids_a_phrase_forbids_its_sound_too() -> None:
    book = a_book("还有其他问题吗", unless=("没有",), language="zh")
    assert () == book.search("没有")
    assert () == a_book("是您自己的问题", unless=("不是您",), language="zh").search("不是您自己的闻题")


def test_an_exact_hit_makes_the_search_by_sound_needless() -> None:
    methods = {hit.method for hit in a_book("感谢您的来电", language="zh").search("感谢您的来电，感谢您的来店")}
    assert {"phrase"} == methods


def test_empty_text_has_nothing_in_it() -> None:
    assert () == a_book("goodbye").search(" ... ")


def test_a_sites_brand_is_found_by_its_sound() -> None:
    act = Act(name="company", party=Party.AGENT, phrases=("{company}",))
    book = PhraseBook([act], language="zh", brands=("青山水务",))
    (hit,) = book.search("您好青山水污请问有什么可以帮您")
    assert "pinyin" == hit.method


def test_other_words_at_the_end_may_stop_before_the_end_of_a_sentence() -> None:
    (hit,) = a_book("到底(什么时候|哪天)...", language="zh").search("那钱到底什么时候能到啊？我等着用呢。")
    assert hit.start == 2
    assert hit.end >= 8
