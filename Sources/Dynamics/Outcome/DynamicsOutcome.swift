/// What one operation came to, and so what to do next.
public enum DynamicsOutcome: Sendable, Hashable {
    case success
    /// A create-only found the row there: an earlier try had been stored.
    case alreadyWritten
    /// An update or delete addressed a row that is gone: a human deleted it. Never write it again.
    case deletedByHuman
    /// The row has changed since it was read.
    case versionConflict
    /// Refused by a limit; nothing was done.
    case throttled(retryAfter: Duration?, DynamicsFault)
    /// No answer, a gateway's answer, a deadlock, or a malformed one: whether it was stored is unknown; repeating is safe for the
    /// conditional writes of this client.
    case transient(DynamicsFault)
    /// A row this one points to (regarding, owner, party) does not exist: decide anew without it.
    case missingReference(DynamicsFault)
    /// This record will never be accepted as it stands.
    case permanent(DynamicsFault)
    /// The environment lacks what the hub needs, or the hub is set up wrongly; an operator must act, then everything may be repeated.
    case configuration(DynamicsFault)
    /// The application user may not do this; an administrator must act, then everything may be repeated.
    case privilege(DynamicsFault)
    /// Not tried, because an operation before it failed and the batch stops at the first failure.
    case notTried
}

extension DynamicsOutcome {
    /// What the caller should do.
    public enum Reaction: Sendable, Hashable {
        case done
        case stop
        case readAgainAndMerge
        case repeatAfter(Duration?)
        case decideAgain
        case deadLetter
        case holdForOperator
    }

    public var reaction: Reaction {
        switch self {
        case .success, .alreadyWritten: .done
        case .deletedByHuman: .stop
        case .versionConflict: .readAgainAndMerge
        case .throttled(let after, _): .repeatAfter(after)
        case .transient, .notTried: .repeatAfter(nil)
        case .missingReference: .decideAgain
        case .permanent: .deadLetter
        case .configuration, .privilege: .holdForOperator
        }
    }

    /// Whether the record stands in Dynamics as asked.
    public var isWritten: Bool { self == .success || self == .alreadyWritten }

    /// Whether the service itself has answered for the record, as one that is up does. Limits, sign-in and addresses may be told of by what
    /// stands before it.
    public var isAnswer: Bool {
        switch self {
        case .success, .alreadyWritten, .deletedByHuman, .versionConflict, .missingReference, .permanent: true
        case .throttled, .transient, .configuration, .privilege, .notTried: false
        }
    }

    /// The answer behind it, where there was one worth keeping.
    public var fault: DynamicsFault? {
        switch self {
        case .throttled(_, let fault), .transient(let fault), .missingReference(let fault), .permanent(let fault),
            .configuration(let fault), .privilege(let fault):
            fault
        case .success, .alreadyWritten, .deletedByHuman, .versionConflict, .notTried: nil
        }
    }

    /// A stable name for metrics and for the job's error code.
    public var name: String {
        switch self {
        case .success: "success"
        case .alreadyWritten: "already_written"
        case .deletedByHuman: "deleted_by_human"
        case .versionConflict: "version_conflict"
        case .throttled: "throttled"
        case .transient: "transient"
        case .missingReference: "missing_reference"
        case .permanent: "permanent"
        case .configuration: "configuration"
        case .privilege: "privilege"
        case .notTried: "not_tried"
        }
    }
}
