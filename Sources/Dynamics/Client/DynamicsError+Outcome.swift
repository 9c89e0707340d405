extension DynamicsError {
    /// A read of a batch that is no success.
    package init(_ outcome: DynamicsOutcome) {
        self =
            switch outcome {
            case .throttled(let after, let fault): DynamicsError(.throttled, fault.operatorText, fault: fault, retryAfter: after)
            case .privilege(let fault): DynamicsError(.privilege, fault.operatorText, fault: fault)
            case .configuration(let fault): DynamicsError(.configuration, fault.operatorText, fault: fault)
            default: DynamicsError(.transient, "The environment failed (\(outcome.name)).", fault: outcome.fault)
            }
    }

    static func malformed(_ answer: Transport.Answer) -> DynamicsError {
        DynamicsError(
            .malformed, "The environment's answer can't be read.",
            fault: DynamicsFault(
                status: answer.status, code: "malformed", bodyStart: DynamicsFault.beginning(of: answer.body)))
    }

    /// The answer to a read that is no success.
    init(refused answer: Transport.Answer) {
        let fault = DynamicsFault(status: answer.status, body: answer.body)
        let text = fault.operatorText
        self =
            switch DynamicsOutcome(fault, asked: .read, retryAfter: answer.retryAfter) {
            case .throttled(let after, _): DynamicsError(.throttled, text, fault: fault, retryAfter: after)
            case .transient: DynamicsError(.transient, "The environment failed (\(fault)).", fault: fault)
            case .missingReference: DynamicsError(.notFound, "The row does not exist.", fault: fault)
            case .configuration:
                DynamicsError(answer.status == 401 ? .unauthorized : .configuration, text, fault: fault)
            case .privilege: DynamicsError(.privilege, text, fault: fault)
            default: DynamicsError(.refused, text, fault: fault)
            }
    }
}

extension DynamicsOutcome {
    /// What a request that failed as a whole means for each of its operations.
    package init(_ error: DynamicsError) {
        var fault = error.fault ?? DynamicsFault(status: 0, code: error.code.rawValue)
        if fault.code.isEmpty { fault.code = error.code.rawValue }
        if fault.message.isEmpty { fault.message = error.operatorText }
        fault.isOfRequest = error.code == .transient
        fault.advice = error.operatorText
        self =
            switch error.code {
            case .throttled: .throttled(retryAfter: error.retryAfter, fault)
            case .transient, .malformed: .transient(fault)
            case .signIn, .unauthorized, .configuration: .configuration(fault)
            case .privilege: .privilege(fault)
            case .notFound: .configuration(fault)
            default: .permanent(fault)
            }
    }
}
