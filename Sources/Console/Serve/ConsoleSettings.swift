import Foundation
import Tenants

/// What the configuration says of the console, read once.
struct ConsoleSettings: Sendable {
    var host = "127.0.0.1"
    var port = 8100
    /// Where browsers find it, without a slash at the end; nil: as each request says.
    var publicURL: String?
    var hasTLS = false
    /// Browsers come by TLS, to us or to a proxy before us.
    var isTLS: Bool { hasTLS || publicURL?.hasPrefix("https://") == true }
    /// Whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed; nil: nobody's.
    var proxies: SourceNetworks?
    /// A session ends after so long without a request …
    var idle: Duration = .seconds(3600)
    /// … and after so long in any case.
    var longest: Duration = .seconds(12 * 3600)
    /// Live connections of this instance at once.
    var liveConnections = 200
    /// Actions of one operator on this instance in a minute.
    var actionsPerMinute = 30
    /// Rows of each table that are looked at for the count on a list's button: a rare kind may stand behind millions of others.
    var countReach = 50_000
    /// How long a page may ask the database.
    var pagePatience: Duration = .seconds(2)
    /// Sign-in with local passwords is offered.
    var takesPasswords = true
}
