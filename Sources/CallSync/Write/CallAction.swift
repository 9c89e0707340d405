import FoundationEssentials
import Model

/// What has to be done for a call, judged from its state and the rules; no input or output.
enum CallAction: Sendable, Hashable {
    /// Make the phone call, or adopt one.
    case create(Owner)
    /// Bring the record up to date.
    case update(Owner)
    /// Take the record back, if there is one.
    case withdraw
    case skip(SkipReason)
    /// Nothing: it is as it should be.
    case leave

    var isUpdate: Bool {
        if case .update = self { return true }
        return false
    }

    /// Whether it matters whom the call is with.
    var needsParty: Bool {
        switch self {
        case .create, .update: true
        case .withdraw, .skip, .leave: false
        }
    }

    /// - Parameter isForced: a record that is up to date is looked at once more.
    init(for call: StoredCall, settings: Settings, people: People, isForced: Bool = false) {
        guard !call.isErased else {
            self = .leave
            return
        }
        let decision = Decision.make(for: call.facts, settings: settings, people: people)
        switch (call.state, decision) {
        case (.written, .skip), (.adopted, .skip):
            // Only the class takes a record away again; a limit that was changed later does not.
            self = call.facts.privacy == .work ? .leave : .withdraw
        case (.written, .write(let owner)), (.adopted, .write(let owner)):
            let isDue = isForced || (call.writtenVersion ?? 0) < call.contentVersion
            self = isDue && call.reason != StateReason.deletedByHuman.rawValue ? .update(owner) : .leave
        case (.withdrawn, .write(let owner)):
            // What a human deleted stays deleted.
            self = call.reason == StateReason.withdrawnGone.rawValue ? .leave : .create(owner)
        case (.withdrawn, .skip):
            // It may have been work again for a while, and a record made with the answer lost.
            let mayStand =
                call.reason == StateReason.withdrawnDeleted.rawValue && (call.writtenVersion ?? 0) < call.contentVersion
            self = mayStand ? .withdraw : .leave
        case (.pending, .skip(let reason)), (.dead, .skip(let reason)):
            // It was work when it came to wait. Whether an attempt made a record with its answer lost, only Dynamics can say.
            self = call.facts.privacy == .work ? .skip(reason) : .withdraw
        case (.pending, .write(let owner)), (.skipped, .write(let owner)), (.dead, .write(let owner)): self = .create(owner)
        case (.skipped, .skip(let reason)): self = .skip(reason)
        }
    }
}
