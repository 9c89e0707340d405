/// One request to the Web API, on its own or out of a batch.
struct Operation {
    var method: String
    /// Relative to the service root, percent-encoded.
    var path: String
    var query: String
    var headers: OperationHeaders
    var body: ArraySlice<UInt8>
}

/// The header fields that change what an operation does.
struct OperationHeaders {
    var ifMatch: String?
    var ifNoneMatch: String?
    var prefer: [String] = []
    var contentID: String?
    var callerObjectID: String?
    var callerID: String?
    /// `MSCRM.SolutionUniqueName`
    var solution: String?
    /// `MSCRM.MergeLabels`
    var mergesLabels = false
    /// `Consistency: Strong`
    var isStrong = false

    init() {}

    init(_ headers: SandboxHeaders) {
        for field in headers.fields { set(field.name.lowercased(), field.value) }
    }

    mutating func set(_ lowercasedName: String, _ value: String) {
        switch lowercasedName {
        case "if-match": ifMatch = value
        case "if-none-match": ifNoneMatch = value == "null" ? nil : value
        case "prefer": prefer.append(value)
        case "content-id": contentID = value
        case "callerobjectid": callerObjectID = value
        case "mscrmcallerid": callerID = value
        case "mscrm.solutionuniquename": solution = value
        case "mscrm.mergelabels": mergesLabels = value.lowercased() == "true"
        case "consistency": isStrong = value.lowercased() == "strong"
        default: break
        }
    }

    static let known: Set<String> = [
        "if-match", "if-none-match", "prefer", "content-id", "callerobjectid", "mscrmcallerid", "mscrm.solutionuniquename",
        "mscrm.mergelabels", "consistency",
    ]
}

/// What an operation did, for the clock and for the locks.
struct OperationCost {
    enum Kind { case read, create, update, delete, metadata }

    var kind: Kind = .read
    var rows = 0
    /// What it counts for in the daily allowance: each row of a bulk message.
    var operations = 1
    /// Rows written.
    var written: [Reference] = []
    /// The row the operation was about.
    var entity: Reference?
}

/// The answer to an operation.
struct OperationResult {
    var status: Int
    /// Goes to `OData-EntityId` and `Location`.
    var entityID: String?
    var etag: String?
    var contentType: String?
    var preferenceApplied: String?
    var body: [UInt8] = []
    var cost = OperationCost()
    var extraHeaders: [(name: String, value: String)] = []

    init(_ status: Int, cost: OperationCost = .init()) {
        self.status = status
        self.cost = cost
    }

    init(_ error: WebError) {
        status = error.status
        body = error.body
        contentType = OperationResult.json
        extraHeaders = error.headers
    }

    static let json = "application/json; odata.metadata=minimal"
    static let jsonStream = "application/json; odata.metadata=minimal; odata.streaming=true"
}
