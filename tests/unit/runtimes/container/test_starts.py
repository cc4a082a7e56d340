import asyncio

from runtimes.container.starts import Starts


def test_who_can_wait_goes_on_once_all_starts_are_over() -> None:
    async def run() -> None:
        starts = Starts()
        await starts.over(30)
        starts.begin("a")
        starts.begin("b")
        waiting = asyncio.create_task(starts.over(30))
        starts.end("a")
        starts.end("a")
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert not waiting.done()
        starts.end("b")
        await waiting

    asyncio.run(run())


def test_what_is_needed_by_nobody_yet_waits_for_what_is_and_not_for_itself() -> None:
    async def run() -> None:
        starts = Starts()
        starts.begin("spare", ahead=True)
        await starts.over(30, ahead=False)
        removal = asyncio.create_task(starts.over(30))
        starts.begin("needed")
        starts.end("spare")
        await asyncio.sleep(0)
        assert not removal.done()
        starts.end("needed")
        await removal

    asyncio.run(run())


def test_nobody_waits_for_ever() -> None:
    async def run() -> None:
        starts = Starts()
        starts.begin("a pull that takes an hour")
        await starts.over(0.001)

    asyncio.run(run())
