extension DynamicsOutcome {
    /// What was asked, as far as it decides how a refusal is read.
    struct Asked {
        /// A create-only, or a create with an id of our own.
        var creates = false
        /// An update, guarded update or delete: the row must have been there.
        var expectsRow = false
        var guardsVersion = false
        /// Lower-case paths of the rows that updates address.
        var expectedRows: [String] = []

        static let read = Asked()

        init() {}

        init(_ changes: [Change]) {
            for change in changes {
                switch change.condition {
                case .absent: creates = true
                case .none where change.method == .post: creates = true
                case .none where change.method == .delete: expect(change)
                case .none: break
                case .present: expect(change)
                case .version:
                    expect(change)
                    guardsVersion = true
                }
            }
        }

        private mutating func expect(_ change: Change) {
            expectsRow = true
            expectedRows.append(change.path.lowercased())
        }
    }

    init(_ fault: DynamicsFault, asked: Asked, retryAfter: Double? = nil) {
        self = Self.byCode(fault, asked, retryAfter) ?? Self.byStatus(fault, asked, retryAfter)
    }

    private static func byCode(_ fault: DynamicsFault, _ asked: Asked, _ retryAfter: Double?) -> DynamicsOutcome? {
        let code = fault.code
        if FaultCode.notFound.contains(code) { return missing(fault, asked) }
        if FaultCode.duplicate.contains(code) {
            // An upsert that lost a race against another one: repeated, it becomes an update.
            return asked.creates ? .alreadyWritten : .transient(fault)
        }
        if code == FaultCode.versionMismatch { return .versionConflict }
        if FaultCode.throttled.contains(code) { return .throttled(retryAfter: .wait(retryAfter), fault) }
        if FaultCode.transient.contains(code) { return .transient(fault) }
        if FaultCode.privilege.contains(code) { return .privilege(fault) }
        if FaultCode.configuration.contains(code) { return .configuration(fault) }
        if FaultCode.payload.contains(code) {
            let namesUnknown = FaultCode.unknownName.contains { fault.message.containsIgnoringCase($0) }
            return namesUnknown ? .configuration(fault) : .permanent(fault)
        }
        return nil
    }

    private static func byStatus(_ fault: DynamicsFault, _ asked: Asked, _ retryAfter: Double?) -> DynamicsOutcome {
        switch fault.status {
        case 0, 408, 500, 502, 503, 504: .transient(fault)
        case 429: .throttled(retryAfter: .wait(retryAfter), fault)
        case 401, 501: .configuration(fault)
        case 403: .privilege(fault)
        case 404: fault.missing == nil ? .configuration(fault) : missing(fault, asked)
        case 412 where !isKnown(fault.code):
            asked.guardsVersion ? .versionConflict : asked.creates ? .alreadyWritten : .permanent(fault)
        case 300..<400: .configuration(fault)
        case 400..<500: .permanent(fault)
        default: .transient(fault)
        }
    }

    /// A 412 with a code of its own (duplicate detection, a unique index) says something else than a failed condition.
    private static func isKnown(_ code: String) -> Bool { code.hasPrefix("0x") }

    /// The row itself is gone, or one it points to.
    private static func missing(_ fault: DynamicsFault, _ asked: Asked) -> DynamicsOutcome {
        guard asked.expectsRow else { return .missingReference(fault) }
        guard let id = fault.missing?.id, !id.isEmpty else {
            return asked.creates ? .missingReference(fault) : .deletedByHuman
        }
        return asked.expectedRows.contains { $0.contains(id) } ? .deletedByHuman : .missingReference(fault)
    }
}

extension DynamicsOutcome {
    /// What an inner answer came to.
    init(_ response: PartResponse, asked: Asked) {
        if (200..<300).contains(response.status) || response.status == 304 {
            self = .success
        } else {
            self.init(
                DynamicsFault(status: response.status, body: response.body), asked: asked, retryAfter: response.retryAfter)
        }
    }
}

extension BatchOperation {
    var asked: DynamicsOutcome.Asked {
        switch self {
        case .get: .read
        case .change(let change): .init([change])
        case .changeSet(let changes): .init(changes)
        }
    }
}
