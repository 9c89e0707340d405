/// What is counted at the end of an upgrade.
public struct UpgradeOutcome: Encodable, Sendable {
    /// Calls and callback requests that should stand in Dynamics and don't, and those that the hub never took in.
    public var lost: Int
    /// Those with more than one phone call.
    public var twice: Int
    /// Questions to the routers that got something else than 200 or 204, or nothing within 5 s: ours, and Enreach's.
    public var routerErrors: Int
    public var routerAsked: Int
    /// Versions of the schema.
    public var schemaBefore: Int
    public var schemaAfter: Int
    /// Earlier programs, routers among them, that were killed and started again on the newer schema; 0 where `hub.programs_from()` does not let
    /// them in.
    public var startedAgain: Int
    /// Seconds that `trunkline migrate` took, and that everything took from its beginning to the last earlier instance's end.
    public var migrateS: Double
    public var upgradeS: Double
    /// The longest time within it without a completed call, in seconds: by Dynamics' stamps and by the hub's.
    public var worstGapS: Double
    public var calls: Int
    public var callbacks: Int
    public var wrong: Int
    public var dead: Int
    public var pending: Int
    /// Whether everything is in exactly one state.
    public var balanced: Bool

    public var isClean: Bool {
        lost == 0 && twice == 0 && routerErrors == 0 && wrong == 0 && dead == 0 && pending == 0 && balanced
    }
}
