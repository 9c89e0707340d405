import FoundationEssentials

/// What the placeholders of the templates say for one call.
struct CallWords {
    let facts: CallFacts
    let owner: Owner
    /// Name of the other party in Dynamics, if it is known there.
    let party: String?
    let start: Date

    var kind: String {
        switch (facts.direction, facts.answered) {
        case (.inbound, true): "Inbound call"
        case (.inbound, false): "Missed call"
        case (.outbound, true): "Outbound call"
        case (.outbound, false): "Unanswered outbound call"
        }
    }

    func value(_ placeholder: TextTemplate.Placeholder) -> String? {
        switch placeholder {
        case .kind: kind
        case .direction: facts.direction.rawValue
        case .preposition: facts.direction == .inbound ? "from" : "to"
        case .party: party ?? facts.other.display
        case .number: facts.other.display
        case .own: facts.own.display
        case .queue: facts.queueName
        case .user: owner.name ?? facts.userName
        case .duration: duration
        case .minutes: String((facts.talkSeconds + 59) / 60)
        case .start: DataverseTime.text(start)
        case .result: facts.answered ? "answered" : facts.direction == .inbound ? "missed" : "unanswered"
        }
    }

    /// `4:05`, or `1:02:09` from an hour on.
    private var duration: String {
        let (hours, minutes, seconds) = (facts.talkSeconds / 3600, facts.talkSeconds / 60 % 60, facts.talkSeconds % 60)
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
        return hours > 0 ? "\(hours):\(two(minutes)):\(two(seconds))" : "\(minutes):\(two(seconds))"
    }
}
