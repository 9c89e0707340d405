import Operations

/// Something that happened: the part `parts/story` prints a list of them as a timeline.
struct Moment: Sendable {
    let at: TimeMark
    let look: String
    let sentence: String
    let particulars: String?

    /// - Parameter sentence: what the event means.
    init(_ event: StoryEvent, _ sentence: String, _ request: ConsoleRequest) {
        at = request.mark(event.at)
        self.sentence = sentence
        particulars = StoryText.particulars(event)
        look =
            switch event.event {
            case "written", "already_written", "adopted", "updated", "closed", "record_completed": "good"
            case "retry", "withdrawn", "kept_for_human", "close_refused": "warn"
            case "dead", "deleted_by_human", "record_deleted": "bad"
            default: ""
            }
    }
}
