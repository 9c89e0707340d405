/// The programs of the hub that a rehearsal runs; the router is started by ``RehearsedRouting``.
public enum HubProgram: String, Sendable, CaseIterable {
    case callSync = "call-sync"
    case userSync = "user-sync"
    case callbackSync = "callback-sync"
    case console

    var login: HubDatabase.Login {
        switch self {
        case .callSync: .callSync
        case .userSync: .userSync
        case .callbackSync: .callbackSync
        case .console: .console
        }
    }

    /// Whether its configuration says how the tenants' vendors are reached.
    var reachesVendors: Bool { self != .console }
}
