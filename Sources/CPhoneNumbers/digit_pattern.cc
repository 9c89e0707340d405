#include "digit_pattern.h"

namespace trunkline {

namespace {

/// A part of a pattern.
struct Part {
  enum Kind { digit, end, sequence, choice, repeat } kind;
  uint16_t digits = 0;
  int least = 1, most = 1;  // most -1: any number
  std::vector<Part> parts = {};
};

}  // namespace

/// Reads a pattern by recursive descent.
struct DigitPattern::Reader {
  const std::string &text;
  size_t at = 0;
  bool failed = false;

  bool more() const { return !failed && at < text.size(); }
  bool take(char wanted) {
    if (!more() || text[at] != wanted) return false;
    at += 1;
    return true;
  }

  Part choice() {
    Part choice{Part::choice};
    do {
      Part sequence{Part::sequence};
      while (more() && text[at] != '|' && text[at] != ')') sequence.parts.push_back(repeated());
      choice.parts.push_back(std::move(sequence));
    } while (take('|'));
    return choice;
  }

  Part repeated() {
    Part one = atom();
    Part repeat{Part::repeat};
    if (take('?')) {
      repeat.least = 0;
    } else if (take('*')) {
      repeat.least = 0;
      repeat.most = -1;
    } else if (take('+')) {
      repeat.most = -1;
    } else if (take('{')) {
      repeat.least = repeat.most = number();
      if (take(',')) repeat.most = more() && text[at] == '}' ? -1 : number();
      if (!take('}')) failed = true;
    } else {
      return one;
    }
    // Lazy and possessive repeats, and repeats of groups without end, are not among what the metadata has.
    bool isStrange = more() && (text[at] == '?' || text[at] == '+');
    if (isStrange || repeat.least > 32 || repeat.most > 32 || (repeat.most < 0 && one.kind != Part::digit)) failed = true;
    repeat.parts.push_back(std::move(one));
    return repeat;
  }

  int number() {
    if (!more() || text[at] < '0' || text[at] > '9') failed = true;
    int value = 0;
    while (more() && text[at] >= '0' && text[at] <= '9' && value < 1000) value = value * 10 + (text[at++] - '0');
    return value;
  }

  Part atom() {
    if (take('(')) {
      if (take('?') && !take(':')) failed = true;  // looking ahead
      Part group = choice();
      if (!take(')')) failed = true;
      return group;
    }
    if (take('[')) return characterClass();
    if (take('$')) return Part{Part::end};
    if (take('\\') && take('d')) return Part{Part::digit, 0x3FF};
    if (more() && text[at] >= '0' && text[at] <= '9') {
      return Part{Part::digit, static_cast<uint16_t>(1u << (text[at++] - '0'))};
    }
    failed = true;
    return Part{Part::end};
  }

  Part characterClass() {
    Part any{Part::digit};
    while (more() && text[at] != ']') {
      if (take('\\')) {
        if (!take('d')) failed = true;
        any.digits = 0x3FF;
        continue;
      }
      char low = text[at++];
      char high = low;
      if (at + 1 < text.size() && text[at] == '-') {
        high = text[at + 1];
        at += 2;
      }
      if (low < '0' || high > '9' || low > high) {
        failed = true;
        break;
      }
      for (char digit = low; digit <= high; digit++) any.digits |= static_cast<uint16_t>(1u << (digit - '0'));
    }
    if (!take(']')) failed = true;
    return any;
  }
};

/// Writes the steps of a pattern.
struct DigitPattern::Writer {
  std::vector<Step> &steps;

  uint32_t next() const { return static_cast<uint32_t>(steps.size()); }
  uint32_t add(Step::Kind kind, uint16_t digits = 0) {
    steps.push_back({kind, digits, 0, 0});
    return next() - 1;
  }

  void write(const Part &part) {
    switch (part.kind) {
      case Part::digit: add(Step::digit, part.digits); break;
      case Part::end: add(Step::end); break;
      case Part::sequence:
        for (const Part &one : part.parts) write(one);
        break;
      case Part::choice: writeChoice(part); break;
      case Part::repeat: writeRepeat(part); break;
    }
  }

  void writeChoice(const Part &part) {
    std::vector<uint32_t> exits;
    for (size_t index = 0; index + 1 < part.parts.size(); index++) {
      uint32_t split = add(Step::split);
      write(part.parts[index]);
      exits.push_back(add(Step::jump));
      steps[split].first = split + 1;
      steps[split].second = next();
    }
    write(part.parts.back());
    for (uint32_t exit : exits) steps[exit].first = next();
  }

  void writeRepeat(const Part &part) {
    const Part &one = part.parts.front();
    for (int count = 0; count < part.least; count++) write(one);
    std::vector<uint32_t> splits;
    for (int count = part.least; count < part.most; count++) {
      splits.push_back(add(Step::split));
      write(one);
    }
    if (part.most < 0) {
      splits.push_back(add(Step::split));
      write(one);
      uint32_t back = add(Step::jump);
      steps[back].first = splits.front();
    }
    for (uint32_t split : splits) {
      steps[split].first = split + 1;
      steps[split].second = next();
    }
  }
};

DigitPattern::DigitPattern(const std::string &pattern) : isEmpty_(pattern.empty()) {
  Reader reader{pattern};
  Part whole = reader.choice();
  isUsable_ = !reader.failed && reader.at == pattern.size();
  if (!isUsable_) return;
  Writer writer{steps_};
  writer.write(whole);
  writer.add(Step::matched);
  steps_.shrink_to_fit();
}

bool DigitPattern::matchesAll(std::string_view digits) const { return isUsable_ && !isEmpty_ && run(0, digits, 0, true) >= 0; }

int DigitPattern::matchAtStart(std::string_view digits) const { return isUsable_ ? run(0, digits, 0, false) : -1; }

/// Backtracks by recursion; texts have at most some twenty digits.
int DigitPattern::run(uint32_t step, std::string_view digits, size_t position, bool all) const {
  while (true) {
    const Step &current = steps_[step];
    switch (current.kind) {
      case Step::digit:
        if (position >= digits.size() || !(current.digits >> (digits[position] - '0') & 1)) return -1;
        position += 1;
        step += 1;
        break;
      case Step::split: {
        int end = run(current.first, digits, position, all);
        if (end >= 0) return end;
        step = current.second;
        break;
      }
      case Step::jump: step = current.first; break;
      case Step::end:
        if (position != digits.size()) return -1;
        step += 1;
        break;
      case Step::matched: return all && position != digits.size() ? -1 : static_cast<int>(position);
    }
  }
}

}  // namespace trunkline
