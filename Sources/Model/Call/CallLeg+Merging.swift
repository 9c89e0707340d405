import FoundationEssentials

extension CallLeg {
    /// Two events with the same identity are two versions of one leg.
    struct Identity: Hashable {
        let source: Source
        let userID: UUID?
        let queueID: UUID?
        let startedAt: Date?
    }

    var identity: Identity {
        // A queue's leg has the same identity whoever answered it.
        Identity(
            source: source, userID: source == .user ? userID : nil, queueID: source == .queue ? queueID : nil,
            startedAt: startedAt)
    }

    /// The known legs with the received ones in place of their older versions, in an order that depends on nothing but their content.
    ///
    /// A version changed earlier than the known one is ignored: answers may come late and out of order. Of two versions changed at the
    /// same time the received one wins.
    public static func merge(known: [CallLeg], received: [CallLeg]) -> [CallLeg] {
        var legs = known
        for leg in received {
            if let index = legs.firstIndex(where: { $0.identity == leg.identity }) {
                if (leg.modifiedAt ?? .distantPast) >= (legs[index].modifiedAt ?? .distantPast) { legs[index] = leg }
            } else {
                legs.append(leg)
            }
        }
        return legs.count > 1 ? legs.sorted { $0.sortsBefore($1) } : legs
    }

    private func sortsBefore(_ other: CallLeg) -> Bool {
        let (mine, theirs) = (startedAt ?? .distantFuture, other.startedAt ?? .distantFuture)
        if mine != theirs { return mine < theirs }
        if direction != other.direction { return direction == .outbound }
        if source != other.source { return source == .queue }
        if userID != other.userID { return (userID?.lowercase ?? "") < (other.userID?.lowercase ?? "") }
        return (queueID?.lowercase ?? "") < (other.queueID?.lowercase ?? "")
    }
}
