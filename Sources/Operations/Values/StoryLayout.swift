import Foundation

/// How a story is laid out for reading: a title, what is so now, what happened.
enum StoryLayout {
    static func lines(
        _ title: String, _ facts: [(String, String?)], _ events: [StoryEvent], sentence: (StoryEvent) -> String
    ) -> [String] {
        [title]
            + facts.compactMap { name, text in
                text.map { "  " + name.padding(toLength: 10, withPad: " ", startingAt: 0) + $0 }
            } + (events.isEmpty ? [] : ["", "Story"] + events.flatMap { lines($0, sentence($0)) }.map { "  " + $0 }) + [""]
    }

    private static func lines(_ event: StoryEvent, _ sentence: String) -> [String] {
        let line = "\(PlainTime.milliseconds(event.at))  \(sentence)"
        guard let particulars = StoryText.particulars(event) else { return [line] }
        return [line, String(repeating: " ", count: 29) + particulars]
    }
}
