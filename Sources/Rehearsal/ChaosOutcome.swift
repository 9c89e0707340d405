/// What is counted at the end of a chaos run, of calls or of callback requests.
public struct ChaosOutcome: Encodable, Sendable {
    public var kills: Int
    public var databaseCrashes: Int
    public var seen: Int
    public var expected: Int
    /// Those that should stand in Dynamics and don't, and those that the hub never took in.
    public var lost: Int
    /// Those with more than one phone call.
    public var twice: Int
    /// Records with another owner, state, queue, link or content than the rules ask for; callback requests that are not closed.
    public var wrong: Int
    public var dead: Int
    public var pending: Int
    /// Whether every one is in exactly one state, and the report says the same.
    public var balanced: Bool
    public var seconds: Double

    public var isClean: Bool { lost == 0 && twice == 0 && wrong == 0 && dead == 0 && pending == 0 && balanced }
}
