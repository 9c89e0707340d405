import Foundation
import Logging
import Operations
import Postgres

/// What a page or an action is asked with.
struct ConsoleRequest: Sendable {
    let path: String
    /// What stands for the `:names` of the route's path, decoded.
    let parameters: [String: String]
    /// The address' query; of a form that was sent, its fields.
    let query: Query
    let who: SignedIn
    /// One moment for the whole page.
    let now: Date
    let origin: RequestOrigin
    let services: ConsoleServices
    let logger: Logger

    /// For pages: reads only, and no statement longer than two seconds.
    var database: Database { services.reading }
    /// For what is done: may write what the console's role may write.
    var acting: Database { services.acting }

    func may(_ role: OperatorRole) -> Bool { who.role >= role }

    /// The named part of the path.
    ///
    /// - Throws: 404 when it is not of that form.
    func parameter<Value>(_ name: String, _ read: (String) -> Value?) throws(ConsoleError) -> Value {
        guard let value = parameters[name].flatMap(read) else { throw ConsoleError.notFound }
        return value
    }

    /// The address of this page, to come back to.
    var address: String { query.link(path) }

    func mark(_ date: Date) -> TimeMark { TimeMark(date, now: now) }
    func mark(_ date: Date?) -> TimeMark? { TimeMark(date, now: now) }
}

/// Who is signed in, and by which session.
struct SignedIn: Sendable {
    let operatorID: Int32
    let name: String
    let role: OperatorRole
    /// SHA-256 of the session's token.
    let session: [UInt8]
    /// What each form of this session carries, against forged requests.
    let formToken: String
    let expiresAt: Date
    /// Signs in with a password of the hub's own.
    let isLocal: Bool
}
