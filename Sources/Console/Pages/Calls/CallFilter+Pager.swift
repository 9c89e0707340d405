extension CallFilter {
    /// From page to page of what is looked for, and to the days around it.
    ///
    /// - Parameter days: nil: it is looked for on all days.
    static func pager(_ query: Query, at path: String, next: PageKey?, _ days: CallListStore.Days?) -> Pager {
        var pager = Pager(of: query.keeping(names + ["after"]), at: path, by: "after", next: next?.text)
        let own = query.keeping(names)
        pager.others = [("Day before", days?.before), ("Day after", days?.after)].compactMap { words, day in
            day.map { Link(words, own.setting("day", $0).link(path)) }
        }
        return pager
    }
}
