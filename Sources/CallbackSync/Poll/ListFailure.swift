import Enreach

/// What it means that the requests of one callback list could not be read. Pure.
enum ListFailure: Sendable, Hashable {
    /// It concerns this list alone: access is given list by list.
    case list(code: String, sentence: String)
    /// It may: only when the next list fails as well, Enreach itself does.
    case perhaps(code: String, sentence: String)
    /// No list can be read: the key, the pace, the configuration.
    case all

    init(_ error: EnreachError) {
        let status = error.status.map { " (status \($0))" } ?? ""
        switch error.code {
        case .forbidden:
            self = .list(
                code: "list_forbidden",
                sentence:
                    "Enreach does not let the API user read the requests of its callback list\(status): give it access there.")
        case .notFound:
            self = .list(
                code: "list_not_found",
                sentence:
                    "Enreach shows no requests of its callback list\(status): see whether the list is there, and give the API user access."
            )
        case .badRequest:
            self = .list(
                code: "list_refused",
                sentence: "Enreach does not take the question for the requests of its callback list\(status).")
        case .malformed:
            self = .perhaps(
                code: "list_malformed", sentence: "What Enreach answers about the requests of its callback list can't be read.")
        case .transient:
            self = .perhaps(
                code: "list_failed",
                sentence: "Enreach fails when it is asked for the requests of its callback list\(status); it is asked again.")
        default: self = .all
        }
    }
}
