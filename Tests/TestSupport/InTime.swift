/// Tries something until one try is done in time: on a machine that has much else to do one is late now and then, where the
/// program is too slow all of them are.
///
/// - Parameters:
///   - limit: how long one try may take.
///   - tries: how many there are at most.
///   - what: what is tried in words, for the failure's text.
///   - attempt: gets the number of the try, from 1. It waits until the thing is done, however long that takes, and returns since
///     when its time counts.
/// - Throws: `ConditionNeverHeld` when no try was done in time, or what a try throws.
public func inTime(
    _ limit: Duration, tries: Int = 20, _ what: String, _ attempt: (_ number: Int) async throws -> ContinuousClock.Instant
) async throws {
    var times: [Duration] = []
    for number in 1...tries {
        let start = try await attempt(number)
        let took = ContinuousClock.now - start
        if took <= limit { return }
        times.append(took)
    }
    throw ConditionNeverHeld(description: "\(what): not once within \(limit), but after \(times)")
}
