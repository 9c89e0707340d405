/// The programs of the hub that a rehearsal runs.
public enum HubProgram: String, Sendable, CaseIterable {
    case callSync = "call-sync"
    case userSync = "user-sync"
    case callbackSync = "callback-sync"

    var login: HubDatabase.Login {
        switch self {
        case .callSync: .callSync
        case .userSync: .userSync
        case .callbackSync: .callbackSync
        }
    }
}
