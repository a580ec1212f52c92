//! The time of a digest as a function of its cost.

/// Part of the target by which a digest may exceed it: two measurements of the same differ by as much.
const TOLERANCE: f64 = 0.05;

/// The meaning of a step of the cost.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Step {
    /// One more iteration, pass or round.
    One,
    /// Twice the work: the cost is a binary logarithm.
    Double,
}

/// Time of a digest as a function of its cost, in milliseconds.
#[derive(Clone, Copy)]
pub(super) struct Growth {
    step: Step,
    /// Time without any work.
    base: f64,
    /// Time of a unit of work.
    each: f64,
}

impl Growth {
    /// Returns the function that is proportional to the work.
    pub(super) fn proportional(step: Step, cost: u32, time: f64) -> Self {
        Self { step, base: 0.0, each: time / work(step, cost) }
    }

    /// Returns the function through the times of one cost and of twice that in steps of one. The first
    /// pass over memory takes longer, for example.
    pub(super) fn linear(cost: u32, once: f64, twice: f64) -> Self {
        let base = (2.0 * once - twice).clamp(0.0, 0.5 * once);
        Self { step: Step::One, base, each: (once - base) / f64::from(cost) }
    }

    /// Adjusts the function to a measured time.
    pub(super) fn through(self, cost: u32, time: f64) -> Self {
        self.slower(time / self.time(cost))
    }

    /// Returns the function on a machine that is slower by a factor.
    pub(super) fn slower(self, factor: f64) -> Self {
        Self { base: self.base * factor, each: self.each * factor, ..self }
    }

    pub(super) fn time(&self, cost: u32) -> f64 {
        self.base + self.each * work(self.step, cost)
    }

    /// Returns the largest cost that takes this time, rounded down to two significant digits.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped before")]
    pub(super) fn largest(&self, time: f64) -> u32 {
        let work = ((within(time) - self.base) / self.each).clamp(1.0, 4_294_967_295.0);
        match self.step {
            Step::One => readable(work as u32),
            Step::Double => work.log2() as u32,
        }
    }
}

/// Returns the target with its tolerance.
pub(super) fn within(target: f64) -> f64 {
    target * (1.0 + TOLERANCE)
}

/// Returns the units of work of a cost.
fn work(step: Step, cost: u32) -> f64 {
    match step {
        Step::One => f64::from(cost),
        Step::Double => f64::from(cost).exp2(),
    }
}

/// Rounds down to two significant digits.
fn readable(iterations: u32) -> u32 {
    let unit = 10_u32.pow(iterations.checked_ilog10().unwrap_or(0).saturating_sub(1));
    iterations / unit * unit
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn iterations_are_rounded_down_to_two_digits() {
        for (given, rounded) in [
            (0, 0),
            (7, 7),
            (42, 42),
            (287_345, 280_000),
            (999_999, 990_000),
            (u32::MAX, 4_200_000_000),
        ] {
            assert_eq!(readable(given), rounded, "{given}");
        }
    }

    #[test]
    fn the_largest_power_of_two_within_the_target_is_chosen() {
        let growth = Growth::proportional(Step::Double, 10, 50.0);
        for (target, cost) in [(99.0, 11), (95.0, 10), (100.0, 11), (10.0, 7), (3200.0, 16)] {
            assert_eq!(growth.largest(target), cost, "{target}");
        }
    }

    #[test]
    fn a_target_below_the_first_step_is_one_step() {
        assert_eq!(Growth::linear(1, 100.0, 150.0).largest(1.0), 1);
        assert_eq!(Growth::proportional(Step::Double, 10, 50.0).largest(1e-9), 0);
    }

    #[test]
    fn the_first_pass_may_take_longer() {
        let growth = Growth::linear(1, 30.0, 50.0);
        assert_eq!((growth.time(1), growth.time(4)), (30.0, 90.0));
        assert_eq!(growth.largest(90.0), 4);
        // A faulty measurement does not make the passes free, or their time negative.
        assert!(Growth::linear(1, 30.0, 20.0).time(2) > 30.0);
        assert!((Growth::linear(1, 30.0, 90.0).time(3) - 90.0).abs() < 1e-9);
    }
}
