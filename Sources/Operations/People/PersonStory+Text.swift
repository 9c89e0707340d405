import Foundation
import Model

extension PersonStory {
    package var lines: [String] {
        let title = "Person \(name) of tenant \(tenant): \(state)"
        return StoryLayout.lines(title, facts, events, sentence: Self.sentence)
    }

    /// What is so now, each under its name; nil where there is nothing to say.
    package var facts: [(String, String?)] {
        [
            ("why", reasonInWords), ("since", user?.matchedAt.map(PlainTime.seconds)), ("Dynamics", dynamics),
            ("mobile", user?.mobile),
        ] + enreach.map { ("Enreach", Self.words($0, isInQuestion: user?.candidates.contains($0.id) == true)) }
            + [("chosen", chosen), ("written", written)]
    }

    private var dynamics: String? {
        guard let user else { return formerID.map { "user \($0.lowercase), gone" } }
        let enreachEmail = user.enreachEmail.map { ", Enreach User Email \($0)" } ?? ""
        let disabled = user.isDisabled ? ", disabled" : ""
        return "\(user.name), \(user.email ?? "no e-mail")\(enreachEmail)\(disabled), user \(user.id.lowercase)"
    }

    private static func words(_ user: EnreachPersonRow, isInQuestion: Bool) -> String {
        let gone = user.goneAt.map { ", gone since \(PlainTime.seconds($0))" } ?? ""
        let question = isInQuestion ? ": in question" : ""
        return "\(user.name), \(user.email ?? "no e-mail"), user \(user.id.lowercase)\(gone)\(question)"
    }

    private var chosen: String? {
        user?.choice.map { choice in
            let note = choice.note.map { ": \($0)" } ?? ""
            return "\(choice.enreachID?.lowercase ?? "nobody"), by \(choice.by) at \(PlainTime.seconds(choice.at))\(note)"
        }
    }

    private var written: String? {
        guard let user else { return nil }
        if let error = user.writeError { return "Dynamics refused the id: \(error)" }
        return user.writtenID.map { "Enreach User Id in Dynamics is \($0.lowercase)" }
    }

    /// The story for programs; names are stable.
    package var json: OutputValue {
        .object([
            "id": .object([
                "tenant": .text(tenant), "system_user": .text((user?.id ?? formerID)?.lowercase),
                "enreach_user": .text((user == nil ? enreach.first?.id : user?.enreachID)?.lowercase),
            ]),
            "name": .text(name), "state": .text(state), "reason": .text(reason), "why": .text(reasonInWords),
            "matched_at": .time(user?.matchedAt), "email": .text(user?.email), "enreach_email": .text(user?.enreachEmail),
            "mobile": .text(user?.mobile), "disabled": user.map { .flag($0.isDisabled) } ?? .none,
            "enreach_users": .list(enreach.map(\.json)),
            "candidates": .list((user?.candidates ?? []).map { .text($0.lowercase) }),
            "choice": user?.choice.map(\.json) ?? .none, "written_id": .text(user?.writtenID?.lowercase),
            "write_error": .text(user?.writeError), "events": .list(events.map(\.json)),
        ])
    }
}

extension EnreachPersonRow {
    fileprivate var json: OutputValue {
        .object([
            "id": .text(id.lowercase), "name": .text(name), "email": .text(email), "state": .text(state), "reason": .text(reason),
            "gone_at": .time(goneAt),
        ])
    }
}

extension PersonRow.Choice {
    fileprivate var json: OutputValue {
        .object([
            "enreach_user": .text(enreachID?.lowercase), "by": .text(by), "at": .time(at), "note": .text(note),
        ])
    }
}
