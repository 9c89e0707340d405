import Foundation

/// One thing that happens in the course of a scenario.
enum ScenarioChange: Sendable {
    /// An event of a call shows up.
    case call(CallEventRecord)
    case serviceCall(ServiceCallRecord)
    /// Somebody classes a call anew.
    case privacy(call: UUID, String)
    /// A recording is ready after the call.
    case recording(call: UUID, user: UUID?, UUID)
    /// Somebody asks to be called back.
    case callback(CallbackRecord)
    /// The agent's own client writes a phone call into Dynamics.
    case sidebar(SidebarPhoneCall)
}

/// A change and when it happens.
struct PlannedChange: Sendable {
    var at: Date
    var change: ScenarioChange
}

/// A phone call that an agent's own client made in Dynamics.
struct SidebarPhoneCall: Sendable {
    var id: UUID
    var owner: UUID
    var number: String
    var outgoing: Bool
    var start: Date
    var end: Date
    var completed: Bool
    var regarding: Customer?
}

/// A contact or an account.
struct Customer: Sendable, Equatable {
    /// Logical name of the table.
    var table: String
    var id: UUID
}
