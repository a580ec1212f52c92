//! The search for the largest cost within a target time.

use std::ops::RangeInclusive;

use super::growth::Growth;

/// Longest digest that is measured, in milliseconds; the time of a longer one is extrapolated.
const LONGEST: f64 = 5e3;

/// Finds the largest cost of a range that takes the target time, and the time as a function of the cost.
///
/// It measures some costs, each nearer to the result, and stops when a measurement confirms the last
/// estimate. The costs are not below `start`, of which the function given was measured.
pub(super) fn search<E>(
    range: &RangeInclusive<u32>,
    (start, mut growth): (u32, Growth),
    target: f64,
    mut time: impl FnMut(u32) -> Result<f64, E>,
) -> Result<(u32, Growth), E> {
    /// Measurements that are made even if the times are erratic.
    const ROUNDS: u32 = 5;
    /// How many times longer than the last one the next measured digest may take: memory outside of the
    /// caches can make it several times slower than estimated.
    const FARTHEST: f64 = 16.0;
    let chosen = |growth: &Growth| growth.largest(target).clamp(*range.start(), *range.end());
    let mut last = start;
    for _ in 0..ROUNDS {
        let longest = (growth.time(last) * FARTHEST).min(LONGEST);
        let next = chosen(&growth).min(growth.largest(longest)).max(start);
        if next == last {
            break;
        }
        growth = growth.through(next, time(next)?);
        last = next;
    }
    Ok((chosen(&growth), growth))
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::super::growth::Step;
    use super::*;

    /// Returns the chosen cost and the costs that were measured, for a machine with these times.
    fn found(
        range: RangeInclusive<u32>,
        start: (u32, Growth),
        target: f64,
        machine: impl Fn(u32) -> f64,
    ) -> (u32, Vec<u32>) {
        let mut measured = Vec::new();
        let time = |cost| {
            measured.push(cost);
            Ok::<_, Infallible>(machine(cost))
        };
        let (chosen, _) = search(&range, start, target, time).unwrap();
        (chosen, measured)
    }

    fn doubling(cost: u32, time: f64) -> (u32, Growth) {
        (cost, Growth::proportional(Step::Double, cost, time))
    }

    #[test]
    fn the_cost_is_found_where_memory_slows_the_work() {
        // Three times as slow from 2^16 on.
        let machine = |cost: u32| f64::from(cost - 10).exp2() * if cost < 16 { 1.0 } else { 3.0 };
        for (target, expected) in [(10.0, 13), (40.0, 15), (200.0, 16), (1000.0, 18)] {
            let (chosen, measured) = found(1..=20, doubling(10, 1.0), target, machine);
            assert_eq!(chosen, expected, "{target}: {measured:?}");
            assert!(measured.len() <= 5, "{measured:?}");
        }
    }

    #[test]
    fn the_result_is_in_the_range() {
        let machine = |cost: u32| f64::from(cost).exp2() / 1024.0;
        assert_eq!(found(12..=14, doubling(10, 1.0), 0.1, machine).0, 12);
        assert_eq!(found(12..=14, doubling(10, 1.0), 1e9, machine).0, 14);
    }

    #[test]
    fn a_long_digest_is_extrapolated() {
        let machine = |iterations: u32| f64::from(iterations) / 1e3;
        let start = (1000, Growth::linear(1000, 1.0, 2.0));
        let (chosen, measured) = found(1..=2_000_000_000, start, 1e6, machine);
        assert_eq!(chosen, 1_000_000_000);
        let longest = measured.iter().map(|&iterations| machine(iterations)).fold(0.0, f64::max);
        assert!(longest <= LONGEST * 1.05, "{longest}");
        // A recommended minimum on a slow machine is not measured either.
        let machine = |cost: u32| f64::from(cost).exp2();
        let (chosen, measured) = found(20..=31, doubling(10, 1024.0), 1.0, machine);
        assert_eq!(chosen, 20);
        assert!(measured.iter().all(|&cost| cost <= 12), "{measured:?}");
    }

    #[test]
    fn erratic_times_end_the_search() {
        let mut turn = 0;
        let time = |_| {
            turn += 1;
            Ok::<_, Infallible>(if turn % 2 == 0 { 1.0 } else { 100.0 })
        };
        search(&(1..=30), doubling(10, 10.0), 50.0, time).unwrap();
        assert!(turn <= 5);
    }
}
