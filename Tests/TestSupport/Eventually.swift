/// Waits until a condition holds, looking again every few milliseconds.
///
/// - Parameters:
///   - limit: how long it may take; generous, since a loaded machine is no reason to fail. Where other tests hold all threads it takes
///     longer: a condition that was hardly looked at has not failed.
///   - what: the condition in words, for the failure's text.
/// - Throws: `ConditionNeverHeld` after the limit, or what the condition throws.
public func eventually(
    within limit: Duration = .seconds(60), _ what: String, _ condition: () async throws -> Bool
) async throws {
    let clock = ContinuousClock()
    let deadline = clock.now + limit
    var pause = Duration.milliseconds(2)
    var looks = 0
    while try await !condition() {
        looks += 1
        guard clock.now < deadline || .milliseconds(400) * looks < limit else {
            throw ConditionNeverHeld(description: "\(what): not within \(limit)")
        }
        try await clock.sleep(for: pause)
        pause = min(pause * 2, .milliseconds(100))
    }
}

public struct ConditionNeverHeld: Error, CustomStringConvertible {
    public let description: String
    public init(description: String) { self.description = description }
}
