import pytest

from padstone.jobs import JobContext, Jobs


async def tick(context: JobContext) -> None: ...


def test_tasks_are_known_by_their_names(jobs: Jobs) -> None:
    plain = jobs.task(retries=1, timeout=2, pause=3, limit=4)(tick)
    renamed = jobs.task(name="tock")(tick)
    assert dict(jobs.tasks) == {"tick": plain, "tock": renamed}
    assert list(jobs) == [plain, renamed]
    policy = plain.policy
    assert (policy.retries, policy.timeout, policy.pause, policy.limit) == (1, 2, 3, 4)


def test_two_of_a_name_are_refused(jobs: Jobs) -> None:
    jobs.task()(tick)
    with pytest.raises(ValueError, match="two tasks named 'tick'"):
        jobs.schedule("0 3 * * *")(tick)


def test_a_schedule_is_a_task_that_is_given_nothing(jobs: Jobs) -> None:
    task = jobs.schedule("0 3 * * *", retries=1)(tick)
    (schedule,) = jobs.schedules
    assert schedule.task is task is jobs.tasks["tick"]

    async def greedy(context: JobContext, number: int) -> None: ...

    with pytest.raises(TypeError, match="greedy: nobody is there"):
        jobs.schedule("0 3 * * *")(greedy)  # type: ignore[arg-type]  # which a checker sees too


def test_what_is_no_cron_expression_is_refused(jobs: Jobs) -> None:
    with pytest.raises(ValueError, match="five fields"):
        jobs.schedule("nightly")(tick)
    assert not jobs.tasks
