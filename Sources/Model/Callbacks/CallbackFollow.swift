/// Who is in control of a request once its phone call stands.
package enum CallbackModel: String, Sendable, Hashable, CaseIterable {
    /// Dynamics alone: the request is closed in Enreach as soon as it was taken over.
    case simple
    /// Both: whichever side ends it, the other follows.
    case twoWay = "two-way"
}

/// State of a phone call in Dynamics.
package enum RecordState: String, Sendable, Hashable, CaseIterable { case open, completed, cancelled, deleted }

/// What has to be done so that both sides say the same.
package enum CallbackFollow: Sendable, Hashable {
    case nothing
    /// Close the request in Enreach.
    case close(successfully: Bool)
    /// End the phone call in Dynamics: completed when the request ended well (``CallbackEndings/isSuccess(_:)``), else cancelled.
    case endRecord

    /// - Parameter record: nil while there is none.
    package static func make(
        model: CallbackModel, state: CallbackState, record: RecordState?, stage: CallbackFacts.Stage
    ) -> CallbackFollow {
        switch state {
        case .pending, .skipped, .dead: return .nothing
        case .ignored: return stage == .closed ? .nothing : .close(successfully: false)
        case .written: break
        }
        switch (model, record ?? .open, stage) {
        case (.simple, _, .closed): return .nothing
        case (.simple, _, _): return .close(successfully: false)
        case (.twoWay, .open, .closed): return .endRecord
        case (.twoWay, .open, _), (.twoWay, _, .closed): return .nothing
        case (.twoWay, .completed, _): return .close(successfully: true)
        case (.twoWay, _, _): return .close(successfully: false)
        }
    }
}
