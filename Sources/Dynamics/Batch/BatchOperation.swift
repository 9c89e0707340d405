/// One operation of a `$batch`.
public enum BatchOperation: Sendable {
    case get(ODataQuery)
    /// A change on its own.
    case change(Change)
    /// Several changes in one transaction: all or none.
    case changeSet([Change])
}

/// One write.
public struct Change: Sendable {
    /// What must hold for the write to happen.
    public enum Condition: Sendable, Hashable {
        case none
        /// The row must not exist (`If-None-Match: *`).
        case absent
        /// The row must exist (`If-Match: *`).
        case present
        /// The row must have this version (`If-Match: W/"…"`).
        case version(String)
    }

    public enum Method: String, Sendable, Hashable {
        case post = "POST"
        case patch = "PATCH"
        case put = "PUT"
        case delete = "DELETE"
    }

    public var method: Method
    /// Relative to the service root, for example `phonecalls(6f3c1c1e-6f0e-5c57-9e5e-7d2c5f3c8a10)`.
    public var path: String
    public var condition: Condition
    /// JSON; empty for a delete.
    public var body: [UInt8]
    /// More headers, for example `CallerObjectId`.
    public var headers: [(name: String, value: String)] = []

    public init(_ method: Method, _ path: String, condition: Condition = .none, body: [UInt8] = []) {
        self.method = method
        self.path = path
        self.condition = condition
        self.body = body
    }

    /// Creates the row, never touches one that is there (412 then means ``DynamicsOutcome/alreadyWritten``).
    public static func createOnly(_ path: String, _ body: [UInt8]) -> Change {
        Change(.patch, path, condition: .absent, body: body)
    }
    /// Changes the row, never makes one (404 then means ``DynamicsOutcome/deletedByHuman``).
    public static func updateOnly(_ path: String, _ body: [UInt8]) -> Change {
        Change(.patch, path, condition: .present, body: body)
    }
    /// Changes the row only while it has this version (412 then means ``DynamicsOutcome/versionConflict``).
    public static func guarded(_ path: String, etag: String, _ body: [UInt8]) -> Change {
        Change(.patch, path, condition: .version(etag), body: body)
    }
    /// Makes or changes the row.
    public static func upsert(_ path: String, _ body: [UInt8]) -> Change {
        Change(.patch, path, body: body)
    }
    /// Creates a row with an id of the service's own choice. Not safe to repeat.
    public static func create(_ collection: String, _ body: [UInt8]) -> Change {
        Change(.post, collection, body: body)
    }
    /// Deletes the row; with a version, only while it has that version.
    public static func delete(_ path: String, etag: String? = nil) -> Change {
        Change(.delete, path, condition: etag.map(Condition.version) ?? .none)
    }
    /// Calls an action.
    public static func action(_ path: String, _ body: [UInt8] = Array("{}".utf8)) -> Change {
        Change(.post, path, body: body)
    }
}

/// What became of one ``BatchOperation``.
public struct OperationResult: Sendable {
    public var outcome: DynamicsOutcome
    /// The answers: one for a read or a lone change, one per change for a change set that succeeded, the one that failed for a change set
    /// that did not, none when there was no answer.
    public var responses: [PartResponse]

    public init(outcome: DynamicsOutcome, responses: [PartResponse] = []) {
        self.outcome = outcome
        self.responses = responses
    }

    /// HTTP status of the answer (of the last one, for a change set); 0 when there was none.
    public var status: Int { responses.last?.status ?? outcome.fault?.status ?? 0 }
    /// Body of the answer (of the last one, for a change set).
    public var body: [UInt8] { responses.last?.body ?? [] }
}

/// One inner answer of a `$batch`.
public struct PartResponse: Sendable {
    public var status: Int
    /// The `Content-ID` it answers, in a change set.
    public var contentID: String?
    /// The row's address as the service gives it (`OData-EntityId`).
    public var entityID: String?
    public var etag: String?
    /// Seconds, when the inner answer is a 429 with one.
    public var retryAfter: Double?
    public var body: [UInt8]

    public init(
        status: Int, contentID: String? = nil, entityID: String? = nil, etag: String? = nil, retryAfter: Double? = nil,
        body: [UInt8] = []
    ) {
        self.status = status
        self.contentID = contentID
        self.entityID = entityID
        self.etag = etag
        self.retryAfter = retryAfter
        self.body = body
    }
}
