"""Plans of time and of z."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import List, Mapping, Optional, Tuple

from ._values import elements, mapping, number, seconds, whole


@dataclass(frozen=True)
class TimePlan:
    """How many time points there are, and how far they are apart."""

    #: None: until somebody stops it.
    count: Optional[int]
    #: Seconds from one to the next; None where phases differ.
    interval: Optional[float]

    @classmethod
    def of(cls, plan: object) -> Optional[TimePlan]:
        """The plan of a sequence, or None where there is none."""
        phases = elements(plan)
        given = mapping(plan)
        if given is not None and "phases" in given:
            phases = elements(given["phases"])
        elif given is not None:
            return cls._of_phase(given) if given else None
        if not phases:
            return None
        plans = [cls._of_phase(phase) for phase in map(mapping, phases) if phase is not None]
        counts = [phase.count for phase in plans]
        # The first time point of a later phase is the last one of the phase before it.
        total = None if None in counts else sum(count or 0 for count in counts) - (len(counts) - 1)
        intervals = {phase.interval for phase in plans}
        return cls(total, intervals.pop() if len(intervals) == 1 else None)

    @classmethod
    def _of_phase(cls, plan: Mapping[str, object]) -> TimePlan:
        loops, interval, duration = plan.get("loops"), plan.get("interval"), plan.get("duration")
        if interval is not None:
            step = seconds(interval)
            if loops is not None:
                return cls(whole(loops), step)
            # In whole microseconds, as useq counts: 1 s has ten steps of 0.1 s.
            microseconds = round(1e6 * step)
            return cls(round(1e6 * seconds(duration)) // microseconds + 1, step) if microseconds > 0 else cls(None, step)
        count = whole(loops)
        return cls(count, seconds(duration) / (count - 1) if count > 1 else None)


@dataclass(frozen=True)
class ZPlan:
    """The planes of a stack, in the order in which they are taken."""

    positions: Tuple[float, ...]
    #: Whether they count from the position of the stage.
    is_relative: bool
    #: The distance that the plan names.
    step: Optional[float]

    @classmethod
    def of(cls, plan: object) -> Optional[ZPlan]:
        """The plan of a sequence, or None where there is none."""
        given = mapping(plan)
        if not given:
            return None
        step = number(given["step"]) if "step" in given else None
        is_relative = "relative" in given or "range" in given or "above" in given
        listed = elements(given.get("relative", given.get("absolute")))
        if step is not None:
            found = _range(*_limits(given), step)
        else:
            found = [number(position) for position in listed]
        if given.get("go_up") is False:
            found.reverse()
        return cls(tuple(found), is_relative, step) if found else None

    @property
    def distance(self) -> Optional[float]:
        """From plane to plane, negative downwards; None where planes are not evenly spaced, or there is only one."""
        steps = [after - before for before, after in zip(self.positions, self.positions[1:])]
        if not steps or steps[0] == 0:
            return None
        is_even = all(math.isclose(step, steps[0], rel_tol=1e-6, abs_tol=1e-9) for step in steps)
        if not is_even:
            return None
        return math.copysign(self.step, steps[0]) if self.step else steps[0]


def _limits(plan: Mapping[str, object]) -> Tuple[float, float]:
    if "range" in plan:
        half = number(plan["range"]) / 2
        return -half, half
    if "above" in plan or "below" in plan:
        return -abs(number(plan.get("below"))), abs(number(plan.get("above")))
    return number(plan.get("bottom")), number(plan.get("top"))


def _range(start: float, stop: float, step: float) -> List[float]:
    if step == 0:
        return [start]
    # Half a step more, so that the last plane is there whatever rounding does.
    count = math.ceil(round((stop + step / 2 - start) / step, 9))
    return [start + at * step for at in range(max(count, 0))]
