import HTTPTypes
import Operations
import Postgres

/// Why a page can't be shown, in words for who asked for it.
struct ConsoleError: Error, Sendable, CustomStringConvertible {
    var status: HTTPResponse.Status
    var title: String
    var text: String
    /// Seconds after which it may work.
    var retryAfter: Int?

    /// Safe for logs: the text may name what was asked for.
    var description: String { "\(status.code) \(title)" }

    static let notFound = ConsoleError(
        status: .notFound, title: "Not found", text: "There is nothing at this address. It may have been forgotten by retention.")
    static let forbidden = ConsoleError(
        status: .forbidden, title: "Not allowed", text: "Your role does not allow this. An administrator can change roles.")
    static let staleForm = ConsoleError(
        status: .forbidden, title: "Out-of-date form",
        text: "This form does not belong to your present session, so nothing was done. Go back, load the page again and repeat.")
    static let signedOut = ConsoleError(
        status: .unauthorized, title: "Signed out", text: "Your session has ended, so nothing was done. Sign in and repeat.")
    static let tooSlow = ConsoleError(
        status: .serviceUnavailable, title: "Took too long",
        text: "The database did not answer this within two seconds. Narrow the filter, or try again.", retryAfter: 5)
    static let noDatabase = ConsoleError(
        status: .serviceUnavailable, title: "Database away",
        text: "The database does not answer at the moment. The hub's programs go on as soon as it is back; so does this page.",
        retryAfter: 5)
    static let tooMany = ConsoleError(
        status: .tooManyRequests, title: "Too many",
        text: "More was asked for than one operator may do in a minute. Nothing was done; wait a little and repeat.",
        retryAfter: 60)
    static let tooLarge = ConsoleError(
        status: .contentTooLarge, title: "Too large", text: "More was sent than this form takes, so nothing was done.")

    /// What was asked for makes no sense.
    static func badRequest(_ text: String) -> ConsoleError {
        ConsoleError(status: .badRequest, title: "That can't be", text: text)
    }

    /// Any error, as its page shows it. What is not ours to explain is told in the log only.
    init(_ error: any Error) {
        switch error {
        case let error as ConsoleError: self = error
        case let error as OperatorError:
            let status: HTTPResponse.Status = error.code == .usage ? .badRequest : .conflict
            self.init(status: status, title: "That can't be done", text: error.description)
        case let error as PostgresError where error.code == .queryCanceled || error.code == .timeout: self = .tooSlow
        case let error as PostgresError where error.isTransient: self = .noDatabase
        default:
            self.init(
                status: .internalServerError, title: "Something went wrong",
                text: "This page could not be made. The console's log says why; nothing was changed by it.")
        }
    }

    init(status: HTTPResponse.Status, title: String, text: String, retryAfter: Int? = nil) {
        (self.status, self.title, self.text, self.retryAfter) = (status, title, text, retryAfter)
    }
}
