import Model

/// A tenant as it is at one moment: what is set, who is there, and how its vendors are reached.
struct TenantSituation: Sendable {
    let id: Int32
    let name: String
    let isEnabled: Bool
    let region: String?
    let settings: Settings
    let people: People
    /// False until users were read from both vendors for the first time: owners can't be told before.
    let peopleAreKnown: Bool
    /// Nil: this instance has no configuration for the tenant.
    let connection: TenantConnection?
}
