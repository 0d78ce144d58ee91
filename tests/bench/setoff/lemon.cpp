// Solves a network by LEMON, the library of graph algorithms in C++ of the COIN-OR project.
//
//   lemon FILE simplex|scaling|'scaling from all' BUDGET
//
// FILE, in this machine's byte order: int32 participants, int32 edges, then columns: from (int32),
// to (int32), cap (float64), weight (float64). BUDGET: it solves again until so many milliseconds
// are spent. Prints one object in JSON.
//
// What is timed begins with the graph in memory and ends with the optimum. LEMON's own copy of the
// graph counts, as ours does; reading the file does not.
//
// The problem can be stated in two ways. From nothing: a circulation of greatest weight. From all:
// everything is cleared, and what may not be is routed back at the least cost. Network simplex is
// about ten times slower from nothing, as all its pivots are degenerate, so only the other way is
// here. Cost scaling is faster by the one or the other.
#include <lemon/cost_scaling.h>
#include <lemon/network_simplex.h>
#include <lemon/smart_graph.h>
#include <sys/resource.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <vector>

typedef lemon::SmartDigraph Graph;
typedef long long Number;

static double cpuMillis() {
  timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

template <typename T>
static std::vector<T> column(FILE *file, int32_t length) {
  std::vector<T> values(length);
  if (std::fread(values.data(), sizeof(T), length, file) != (size_t)length) std::exit(3);
  return values;
}

struct Problem {
  Graph graph;
  Graph::ArcMap<Number> cap, cost;
  Graph::NodeMap<Number> supply;
  Problem() : cap(graph), cost(graph), supply(graph, 0) {}
};

/** @returns the least cost */
template <typename Solver>
static Number solve(const Problem &problem, double &millis) {
  const double start = cpuMillis();
  Solver solver(problem.graph);
  solver.upperMap(problem.cap).costMap(problem.cost).supplyMap(problem.supply);
  const bool found = solver.run() == Solver::OPTIMAL;
  millis = cpuMillis() - start;
  if (!found) std::exit(4);
  return solver.template totalCost<Number>();
}

int main(int count, char **words) {
  if (count != 4) return 2;
  FILE *file = std::fopen(words[1], "rb");
  if (file == NULL) return 3;
  const std::vector<int32_t> head = column<int32_t>(file, 2);
  const int32_t edges = head[1];
  const std::vector<int32_t> from = column<int32_t>(file, edges), to = column<int32_t>(file, edges);
  const std::vector<double> caps = column<double>(file, edges), weights = column<double>(file, edges);
  std::fclose(file);

  const bool simplex = std::strcmp(words[2], "simplex") == 0;
  const bool fromAll = std::strcmp(words[2], "scaling") != 0;
  Problem problem;
  Graph &graph = problem.graph;
  graph.reserveNode(head[0]);
  graph.reserveArc(edges);
  for (int32_t i = 0; i < head[0]; i += 1) graph.addNode();
  Number all = 0;
  for (int32_t i = 0; i < edges; i += 1) {
    const Graph::Arc arc = graph.addArc(graph.nodeFromId(from[i]), graph.nodeFromId(to[i]));
    const Number cap = (Number)caps[i], weight = (Number)weights[i];
    problem.cap[arc] = cap;
    problem.cost[arc] = fromAll ? weight : -weight;
    if (!fromAll) continue;
    // The flow is now what is left.
    problem.supply[graph.source(arc)] += cap;
    problem.supply[graph.target(arc)] -= cap;
    all += cap * weight;
  }

  const double budget = std::atof(words[3]);
  Number cost = 0;
  std::printf("{\"cpuMillis\":[");
  for (double spent = 0, millis = 0; spent == 0 || spent < budget; spent += millis) {
    cost = simplex ? solve<lemon::NetworkSimplex<Graph, Number, Number> >(problem, millis)
                   : solve<lemon::CostScaling<Graph, Number, Number> >(problem, millis);
    std::printf("%s%.3f", spent == 0 ? "" : ",", millis);
  }
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  // A number of JavaScript might not hold the total.
  std::printf("],\"total\":\"%lld\",\"peakMB\":%.1f}\n", all - cost, usage.ru_maxrss * 1024 / 1e6);
  return 0;
}
