import Model

extension CallStory {
    /// The story for programs; names are stable.
    package var json: OutputValue {
        let (from, to) = call.fromTo
        let ids: OutputValue = .object([
            "call": .text(call.callID.lowercase), "tenant": .text(call.tenant),
            "phone_call": .text(call.activityID.lowercase),
        ])
        return .object([
            "id": ids, "state": .text(call.state), "reason": .text(call.reason), "why": .text(call.reasonInWords),
            "privacy": .text(call.privacy), "direction": .text(call.direction), "answered": .flag(call.answered),
            "internal": .flag(call.isInternal), "started_at": .time(call.startedAt), "ended_at": .time(call.endedAt),
            "talk_seconds": .integer(call.talkSeconds), "from": .text(from), "to": .text(to), "user": .text(call.userName),
            "queue": .text(call.queueName), "first_seen_at": .time(call.firstSeenAt),
            "backfill": .integer(call.backfillID), "written_at": .time(call.writtenAt),
            "updated_at": .time(call.updatedAt), "owner": .text(call.ownerID?.lowercase),
            "owner_name": .text(call.ownerName), "owner_rule": .text(call.ownerRule),
            "regarding_table": .text(call.regardingTable), "regarding": .text(call.regardingID?.lowercase),
            "match": .text(call.matchRule),
            "setting_version": .integer(call.settingVersion),
            "settings": .object(settings.map { OutputValue.Member(name: $0.name, value: .text($0.value)) }),
            "oddities": .list(call.oddities.map { .text($0 as String) }), "error_code": .text(call.errorCode),
            "error_text": .text(call.errorText), "legs": .json(call.legs),
            "events": .list(events.map(\.json)), "jobs": .list(jobs.map(\.json)),
        ])
    }
}

extension StoryEvent {
    var json: OutputValue {
        .object([
            "at": .time(at), "event": .text(event), "reason": .text(reason), "instance": .text(instance),
            "setting_version": .integer(settingVersion), "detail": detail.map { .json($0) } ?? .none,
        ])
    }
}

extension StoryJob {
    fileprivate var json: OutputValue {
        .object([
            "id": .integer(id), "kind": .text(kind), "state": .text(state), "attempts": .integer(attempts),
            "max_attempts": .integer(maxAttempts), "enqueued_at": .time(enqueuedAt), "at": .time(at),
            "worker": .text(worker), "note": .text(note), "error": error.map { .json($0) } ?? .none,
        ])
    }
}
