/// Words for what the job table keeps as numbers and codes.
package enum JobWords {
    package static func lane(_ lane: Int) -> String {
        switch lane {
        case 0: "live"
        case 1: "callback"
        case 2: "late"
        case 3: "backfill"
        default: String(lane)
        }
    }

    /// What the one time of a job means in its state.
    package static func meaningOfTime(_ state: String) -> String {
        switch state {
        case "scheduled", "retry", "snoozed", "held": "due"
        case "running": "claimed"
        case "dead": "given up"
        default: "finished"
        }
    }
}
