from chats import ask


def test_what_is_asked_is_what_the_caller_set() -> None:
    request = ask("m", "x", stream=True, temperature=0.5, unknown="u", seed=None)
    assert request.asked() == {
        "messages": [{"role": "user", "content": "x"}],
        "temperature": 0.5,
    }


def test_an_answer_is_no_longer_than_either_allows() -> None:
    assert ask().limited(10).output_limit == 10
    assert ask(max_tokens=5).limited(10).output_limit == 5
    assert ask(max_tokens=50).limited(10).output_limit == 10
    assert ask(max_completion_tokens=5, max_tokens=50).limited(10).output_limit == 5
    assert ask(max_tokens=5).limited(10).max_tokens is None
